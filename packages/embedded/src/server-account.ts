import { execFileSync, spawnSync } from "node:child_process";
import { ConfigError } from "@parley/runtime";

/** The operating system user that PostgreSQL runs as, when that is not the current one. */
export interface ServerAccount {
  name: string;
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root; any other user runs it as itself (undefined). */
export function findServerAccount(): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const uid = idOf("-u", name);
    const gid = idOf("-g", name);
    if (uid !== undefined && gid !== undefined) return { name, uid, gid };
  }
  throw new ConfigError("PostgreSQL does not run as root: add a user named postgres, or run this as another user");
}

function idOf(flag: "-u" | "-g", name: string): number | undefined {
  try {
    return Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  } catch {
    return undefined;
  }
}

/** Whether that user can enter `directory`, or execute `file`: asked of the system, which also knows of ACLs. */
export function canReach(account: ServerAccount, path: string): boolean {
  const { uid, gid } = account;
  return spawnSync("test", ["-x", path], { uid, gid, cwd: "/", stdio: "ignore" }).status === 0;
}
