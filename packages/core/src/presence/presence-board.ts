import { askRedis, queuePrefix, type Publisher, type RedisConfig } from "@parley/queue";
import type { Logger } from "@parley/runtime";
import { presenceState, type PresenceState } from "./schemas.ts";

/** A conversation of a tenant. */
interface Spot {
  tenantId: string;
  conversationId: string;
}

/** A conversation of a tenant, and somebody at it. */
export interface Place extends Spot {
  userId: string;
}

export interface Present {
  userId: string;
  state: PresenceState;
  since: Date;
}

/** Who looks at which conversation: kept in Redis for all processes, and only as long as it is repeated. */
export interface PresenceBoard {
  /** Writes down who is there, and returns who else is. Without Redis nobody is. */
  enter(place: Place, state: PresenceState, now: Date): Promise<Present[]>;
  /** Returns who is there, but for whoever looks, if it is somebody. */
  look(place: Spot & Partial<Place>, now: Date): Promise<Present[]>;
  leave(place: Place): Promise<void>;
}

/** Clients repeat themselves more often than this. */
export const PRESENT_MS = 15_000;
/** It is decoration: nobody waits for it. */
const WAIT_MS = 250;

// A hash of users, each with a state, since when, and when last heard of. Times are the caller's clock; what has expired is
// taken out by whoever looks next, and the key ends with the last of them.
const LOOK = `
local me, state, now, kept = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local stored = redis.call('HGETALL', KEYS[1])
local others, since = {}, now
for i = 1, #stored, 2 do
  local was, from, seen = string.match(stored[i + 1], '^(%a+) (%d+) (%d+)$')
  if tonumber(seen) + kept <= now then
    redis.call('HDEL', KEYS[1], stored[i])
  elseif stored[i] ~= me then
    others[#others + 1], others[#others + 2], others[#others + 3] = stored[i], was, from
  elseif was == state then
    since = from
  end
end
if state ~= '' then
  redis.call('HSET', KEYS[1], me, state .. ' ' .. since .. ' ' .. now)
  redis.call('PEXPIRE', KEYS[1], kept)
end
return others`;

interface PresenceScripts {
  /** The number of keys, the key, who asks, their state or "", now, and for how long it counts. */
  presenceLook(...args: (string | number)[]): Promise<string[]>;
}

export function createPresenceBoard(options: {
  redis: Publisher["redis"];
  config: RedisConfig;
  logger: Logger;
}): PresenceBoard {
  const { redis, config, logger } = options;
  redis.defineCommand("presenceLook", { lua: LOOK });
  // `defineCommand` adds the method at run time only.
  const scripts = redis as unknown as PresenceScripts;
  const keyOf = ({ tenantId, conversationId }: Spot): string =>
    `${queuePrefix(config, `presence-${tenantId}`)}:${conversationId}`;

  /** What Redis answers, or `otherwise` while it is away. */
  async function ask<T>(question: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await askRedis(redis, WAIT_MS, question);
    } catch (error) {
      logger.warn({ err: error }, "who looks at a conversation is not known, because Redis does not answer");
      return otherwise;
    }
  }

  async function look(place: Spot & Partial<Place>, state: PresenceState | "", now: Date): Promise<Present[]> {
    const { userId = "" } = place;
    const others = await ask(() => scripts.presenceLook(1, keyOf(place), userId, state, now.getTime(), PRESENT_MS), []);
    return Array.from({ length: others.length / 3 }, (_empty, index) => readPresent(others.slice(index * 3)));
  }

  return {
    enter: look,
    look: (place, now) => look(place, "", now),
    leave: async (place) => void (await ask(() => redis.hdel(keyOf(place), place.userId), 0)),
  };
}

function readPresent([userId = "", state, since]: readonly string[]): Present {
  return { userId, state: presenceState.parse(state), since: new Date(Number(since)) };
}
