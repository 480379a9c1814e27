import { availableParallelism } from "node:os";
import { DomainError } from "@parley/runtime";
import { Piscina } from "piscina";
import { networkOf } from "../throttle/index.ts";
import { createFairQueue } from "./fair-queue.ts";
import type { compare, hash } from "./hashing-thread.ts";

/**
 * Hashes passwords, a few at a time: each takes a thread for a fifth of a second. Whoever comes from the same
 * `address` shares turns with all who do, so nobody keeps others from signing in; null is whoever has none. Refuses as
 * `unavailable` when too many wait, and then those first who have most waiting.
 */
export interface PasswordHasher {
  hash(password: string, address: string | null): Promise<string>;
  /** `hash` null (nobody has this e-mail) takes as long as a wrong password, and is false like one. */
  matches(password: string, hash: string | null, address: string | null): Promise<boolean>;
}

export interface PasswordHasherOptions {
  /** The logarithm of bcrypt's rounds. */
  cost: number;
  /** How many hashes run at once, each in a thread of its own. */
  concurrency: number;
  /** How many more may wait before the next is refused: so many who sign in, and so many who choose a password. */
  maxWaiting: number;
}

/** A hash keeps a core busy, so half of them at most. */
const MOST_AT_ONCE = Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)));

/**
 * A shift that begins at nine may sign in from one office at once, and waits for one another; whoever comes from elsewhere
 * has a turn of their own.
 */
const DEFAULTS: PasswordHasherOptions = { cost: 12, concurrency: MOST_AT_ONCE, maxWaiting: 100 };

const IDLE_THREAD_MS = 60_000;

interface Turn {
  begin(): void;
  refuse(error: DomainError): void;
}

export function createPasswordHasher(options: Partial<PasswordHasherOptions> = {}): PasswordHasher {
  const { cost, concurrency, maxWaiting } = { ...DEFAULTS, ...options };
  // Threads of our own, because they step back for those who work: see hashing-thread.ts. They do not keep the process up.
  const threads = new Piscina({
    filename: new URL("./hashing-thread.ts", import.meta.url).href,
    minThreads: 0,
    maxThreads: concurrency,
    idleTimeout: IDLE_THREAD_MS,
  });
  // A well-formed hash that no password has.
  const nobodysHash = `$2b$${String(cost).padStart(2, "0")}$${".".repeat(53)}`;
  // Anybody may register, so those who do so never take the places of those who sign in, nor more than every other turn.
  const signingIn = createFairQueue<Turn>(maxWaiting);
  const choosing = createFairQueue<Turn>(maxWaiting);
  let isTurnToSignIn = true;
  let running = 0;

  function next(): Turn | undefined {
    const [first, second] = isTurnToSignIn ? [signingIn, choosing] : [choosing, signingIn];
    isTurnToSignIn = !isTurnToSignIn;
    return first.next() ?? second.next();
  }

  // What comes back from a thread has no type of its own.
  function inThread<Work extends (task: never) => unknown>(
    name: string,
    task: Parameters<Work>[0],
  ): Promise<ReturnType<Work>> {
    return threads.run(task, { name }) as Promise<ReturnType<Work>>;
  }

  async function inTurn<T>(queue: typeof signingIn, address: string | null, work: () => Promise<T>): Promise<T> {
    if (running < concurrency) running += 1;
    else {
      // Whoever finishes hands over its place, so `running` stays as it is.
      await new Promise<void>((begin, refuse) => {
        queue.add(address === null ? "" : networkOf(address), { begin, refuse })?.refuse(tooMany());
      });
    }
    try {
      return await work();
    } finally {
      const turn = next();
      if (turn) turn.begin();
      else running -= 1;
    }
  }

  return {
    hash: (password, address) => inTurn(choosing, address, () => inThread<typeof hash>("hash", { password, cost })),
    matches: (password, known, address) =>
      inTurn(signingIn, address, () => inThread<typeof compare>("compare", { password, hash: known ?? nobodysHash })),
  };
}

const RETRY_SECONDS = 5;

function tooMany(): DomainError {
  return new DomainError("unavailable", "Too many people are signing in at this moment; try again shortly.", {
    retryAfterSeconds: RETRY_SECONDS,
  });
}
