import { ConfigError } from "@parley/runtime";

/** What a loaded database holds. Equal sizes give equal rows. */
export interface LoadSize {
  tenants: number;
  conversations: number;
  messages: number;
  /** Determines everything that is left to chance. */
  seed: number;
}

export const DEFAULT_SIZE: LoadSize = { tenants: 50, conversations: 20_000, messages: 100_000, seed: 1 };

/** There is room for so many in telephone numbers, and in ids. */
const MOST_CONVERSATIONS = 10_000_000;
const MOST_TENANTS = 4_095;

/** Throws a ConfigError with one sentence when no world of this size can be made. */
export function assertLoadable({ tenants, conversations, messages }: LoadSize): void {
  if (tenants > MOST_TENANTS) throw new ConfigError(`--tenants can be at most ${MOST_TENANTS}`);
  if (conversations > MOST_CONVERSATIONS) throw new ConfigError(`--conversations can be at most ${MOST_CONVERSATIONS}`);
  if (conversations < tenants) throw new ConfigError("every tenant has a conversation: ask for at least as many");
  if (messages < conversations) throw new ConfigError("every conversation has a message: ask for at least as many");
}

/** What one tenant gets of it. */
export interface TenantShare {
  /** From 0; `benchId("tenant", tenant)` is its id. */
  tenant: number;
  conversations: number;
  messages: number;
}

/** The first tenants are the largest: the n-th weighs 1 / (n + 10), so of 50 the first is six times the last. */
const HEAD = 10;

/** Divides the world among its tenants, without remainder. */
export function shareOut(size: LoadSize): TenantShare[] {
  const weights = Array.from({ length: size.tenants }, (_empty, tenant) => 1 / (tenant + HEAD));
  const conversations = divide(size.conversations, weights);
  // Every conversation has a message; only the others are divided, so that nobody has too few.
  const more = divide(size.messages - size.conversations, weights, 0);
  return weights.map((_weight, tenant) => {
    const own = conversations[tenant] ?? 0;
    return { tenant, conversations: own, messages: own + (more[tenant] ?? 0) };
  });
}

/** Whole numbers in proportion to `weights` whose sum is `total`, each of at least `least`. */
function divide(total: number, weights: readonly number[], least = 1): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const free = total - least * weights.length;
  let weightSoFar = 0;
  let given = 0;
  return weights.map((weight) => {
    weightSoFar += weight;
    const upTo = Math.round((free * weightSoFar) / sum);
    const own = upTo - given;
    given = upTo;
    return least + own;
  });
}
