/** What threads do that hash passwords and nothing else. */
import { setPriority } from "node:os";
import bcrypt from "bcrypt";

/**
 * Whoever works must not feel those who sign in: such a thread gets a tenth of a core's time while somebody else wants it,
 * and all of it otherwise. Linux counts niceness by thread; elsewhere this would slow down the whole process.
 */
const NICENESS = 10;
if (process.platform === "linux") setPriority(0, NICENESS);

/** `cost`: the logarithm of bcrypt's rounds. */
export function hash({ password, cost }: { password: string; cost: number }): string {
  return bcrypt.hashSync(password, cost);
}

export function compare({ password, hash: known }: { password: string; hash: string }): boolean {
  return bcrypt.compareSync(password, known);
}
