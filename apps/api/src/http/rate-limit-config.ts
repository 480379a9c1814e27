import { ConfigError, type Env } from "@parley/runtime";

/**
 * How many requests a minute, by who asks (a user or an API key; their company; an address) and what for. Only of companies
 * that are registered from one address it is how many an hour, a sixth of them at once: each takes a core for a while.
 */
export interface RateLimits {
  user: Record<"read" | "write" | "send", number>;
  tenant: Record<"read" | "write" | "send", number>;
  address: Record<"auth" | "session" | "refused" | "register", number>;
}

/**
 * Far above what people and well-made programs do, since what they are for is the one client that runs wild. Guessed
 * passwords have a brake of their own, so that an office behind one address may sign in in the morning.
 */
export const DEFAULT_RATE_LIMITS: RateLimits = {
  user: { read: 6_000, write: 3_000, send: 6_000 },
  tenant: { read: 30_000, write: 15_000, send: 30_000 },
  address: { auth: 600, session: 3_000, refused: 600, register: 60 },
};

const FORM =
  'set it to "on", "off", or to limits a minute such as user.read=600,tenant.send=12000, or an hour in address.register=60';

/** `RATE_LIMITS`: null when it is "off", else the defaults with what it names changed. */
export function readRateLimits(env: Env): RateLimits | null {
  const text = env["RATE_LIMITS"] || "on";
  if (text === "off") return null;
  if (text === "on") return DEFAULT_RATE_LIMITS;
  const limits: Record<string, Record<string, number>> = structuredClone({ ...DEFAULT_RATE_LIMITS });
  for (const change of text.split(",").map((each) => each.trim())) {
    if (change === "") continue;
    const [, who = "", what = "", perMinute] = /^(\w+)\.(\w+)=([1-9]\d{0,8})$/.exec(change) ?? [];
    const group = Object.hasOwn(limits, who) ? limits[who] : undefined;
    if (!group || !Object.hasOwn(group, what)) {
      throw new ConfigError(`RATE_LIMITS is not usable at "${change}": ${FORM}`);
    }
    group[what] = Number(perMinute);
  }
  // A copy of the defaults in which only numbers were replaced.
  return limits as unknown as RateLimits;
}
