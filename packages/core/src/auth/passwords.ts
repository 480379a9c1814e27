import { availableParallelism } from "node:os";
import { DomainError } from "@parley/runtime";
import bcrypt from "bcrypt";

/** Hashes passwords, a few at a time: each takes a thread of the pool for a fifth of a second. */
export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** `hash` null (nobody has this e-mail) takes as long as a wrong password, and is false like one. */
  matches(password: string, hash: string | null): Promise<boolean>;
}

export interface PasswordHasherOptions {
  /** The logarithm of bcrypt's rounds. */
  cost: number;
  /** How many hashes run at once; the pool that they block also serves DNS and files. */
  concurrency: number;
  /** How many more may wait before the next is refused. */
  maxWaiting: number;
}

/** A hash keeps a core busy, so half of them at most: those who work must not feel those who sign in. */
const MOST_AT_ONCE = Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));

const DEFAULTS: PasswordHasherOptions = { cost: 12, concurrency: MOST_AT_ONCE, maxWaiting: 100 };

export function createPasswordHasher(options: Partial<PasswordHasherOptions> = {}): PasswordHasher {
  const { cost, concurrency, maxWaiting } = { ...DEFAULTS, ...options };
  // A well-formed hash that no password has.
  const nobodysHash = `$2b$${String(cost).padStart(2, "0")}$${".".repeat(53)}`;
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running < concurrency) running += 1;
    else {
      if (waiting.length >= maxWaiting) {
        throw new DomainError("unavailable", "Too many people are signing in at this moment; try again shortly.");
      }
      // Whoever finishes hands over its place, so `running` stays as it is.
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    hash: (password) => inTurn(() => bcrypt.hash(password, cost)),
    matches: (password, hash) => inTurn(() => bcrypt.compare(password, hash ?? nobodysHash)),
  };
}
