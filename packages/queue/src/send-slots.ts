import { createMicroBatch } from "@parley/runtime";
import type { Redis } from "ioredis";
import { queuePrefix, type RedisConfig } from "./connections.ts";
import { defineSlotScripts } from "./slot-scripts.ts";

/** The limits of one sending account. */
export interface SlotLimits {
  /** Messages of the account in any second. */
  perSecond: number;
  /** One message to the same recipient in this time … */
  pairIntervalMs: number;
  /** … of which so many may be taken at once. */
  pairBurst: number;
}

/** A message of an account to a recipient. */
export interface SendSlot {
  account: string;
  recipient: string;
  message: string;
}

/** One try at sending a message. */
export interface Departure {
  account: string;
  message: string;
  attempt: number;
}

/** When messages may leave: shared by all processes, lost with Redis without harm. */
export interface SendSlots {
  /**
   * Reserves the next slot of an account and recipient for a message; asked again, it names the same one. Returns
   * the milliseconds until it.
   */
  reserve(slot: SendSlot, limits: SlotLimits): Promise<number>;
  /**
   * The message's job has begun. If its slot is no more than `leadMs` away it lines up for its departure; if it was
   * missed and its place is gone, it is given a new one. Returns the milliseconds until it.
   */
  lineUp(slot: SendSlot, limits: SlotLimits, leadMs: number): Promise<number>;
  /**
   * The last check, right before sending: those that were held up together must not leave together. 0 means go, and
   * the reservation is used up; else the milliseconds to wait before asking again.
   */
  depart(departure: Departure, limits: SlotLimits): Promise<number>;
  /**
   * What left may have travelled longer than others do, by this many milliseconds: it counts as having left so much
   * later. Some are allowed for, so that most answers need no call.
   */
  delayed(departure: Departure, byMs: number): Promise<void>;
  /** The provider asked for a pause: no slot of the account (or recipient) before `delayMs` have passed. */
  pushBack(slot: { account: string; recipient?: string }, delayMs: number, limits: SlotLimits): Promise<void>;
  /** Which of the messages have a reserved slot, and so, unless it was lost since, a job that waits for it. */
  reserved(slots: readonly { account: string; message: string }[]): Promise<boolean[]>;
}

/** Of a difference in travel time, so much is allowed for; the rest has to be told with `delayed`. */
const TRAVEL_ALLOWED_MS = 8;
/** Delays are told together: each has to be known only before its departure has left the window. */
const DELAYS_LINGER_MS = 100;
/** What took longer has left the window, whenever it arrived. */
const MAX_DELAYED_MS = 1_000;
/**
 * The provider counts arrivals, we count departures. A window that is longer than its second by what messages may
 * travel faster than others, and by the accuracy of timers, holds no more than the second at the provider may.
 */
const windowMs = 1_000 + TRAVEL_ALLOWED_MS + 3;

/**
 * How long a reservation outlives its slot. As long as it is there, a message counts as having a job: one whose job was
 * lost after the reservation was made waits for this.
 */
const RESERVATION_KEPT_MS = 15_000;

export function createSendSlots(redis: Redis, config: RedisConfig): SendSlots {
  const scripts = defineSlotScripts(redis);
  const key = (account: string, ...rest: string[]): string =>
    [queuePrefix(config, `slots-${account}`), ...rest].join(":");
  const keysOf = ({ account, recipient, message }: SendSlot): string[] => [
    key(account, "reserved", message),
    key(account, "next"),
    key(account, "pair", recipient),
  ];
  const delays = createMicroBatch<{ departure: Departure; extraMs: number }, void>({
    maxItems: 1_000,
    lingerMs: DELAYS_LINGER_MS,
    async run(items) {
      const byAccount = Map.groupBy(items, ({ departure }) => departure.account);
      await Promise.all(
        [...byAccount].map(([account, ofAccount]) =>
          scripts.slotDelayed(
            key(account, "log"),
            ...ofAccount.flatMap(({ departure, extraMs }) => [`${departure.message}:${departure.attempt}`, extraMs]),
          ),
        ),
      );
      return items.map(() => undefined);
    },
  });

  return {
    async reserve(slot, limits) {
      return toWait(await scripts.slotReserve(...keysOf(slot), ...paceOf(limits)));
    },
    async lineUp(slot, limits, leadMs) {
      const keys = [...keysOf(slot), key(slot.account, "log"), key(slot.account, "late")];
      const window = [windowMs, limits.perSecond, leadMs];
      return toWait(await scripts.slotLineUp(...keys, ...paceOf(limits), ...window, slot.message));
    },
    async depart({ account, message, attempt }, limits) {
      const keys = [key(account, "reserved", message), key(account, "log")];
      return toWait(await scripts.slotDepart(...keys, windowMs, limits.perSecond, message, attempt));
    },
    async delayed(departure, byMs) {
      const extraMs = Math.min(byMs, MAX_DELAYED_MS) - TRAVEL_ALLOWED_MS;
      if (extraMs > 0) await delays.submit({ departure, extraMs });
    },
    async pushBack({ account, recipient }, delayMs, limits) {
      if (recipient === undefined) return scripts.slotPushBack(key(account, "next"), delayMs);
      // A pair's burst may be taken ahead of its next slot, so that has to lie behind the pause by the whole burst.
      const burstMs = (limits.pairBurst - 1) * limits.pairIntervalMs;
      return scripts.slotPushBack(key(account, "pair", recipient), delayMs + burstMs);
    },
    async reserved(slots) {
      const pipeline = redis.pipeline();
      for (const { account, message } of slots) pipeline.exists(key(account, "reserved", message));
      const answers = (await pipeline.exec()) ?? [];
      return answers.map(([error, exists]) => {
        if (error) throw error;
        return exists === 1;
      });
    },
  };
}

function paceOf({ perSecond, pairIntervalMs, pairBurst }: SlotLimits): number[] {
  return [windowMs / perSecond, pairIntervalMs, pairBurst, RESERVATION_KEPT_MS];
}

const toWait = (answer: string): number => Math.max(Number(answer), 0);
