import type { Endpoint } from "../accounts.ts";
import { createFifo, type Fifo } from "../fifo.ts";
import type { Timers } from "../timers.ts";
import type { Update } from "./payload.ts";

/** Updates that travel together, in one webhook. */
export interface Parcel {
  kind: "inbound" | "status";
  /** Whose updates these are: phone number id and user. */
  lane: string;
  endpoint: Endpoint;
  updates: Update[];
  duplicate: boolean;
  heldBack: boolean;
  /** Called once, when its first webhook was answered or given up for now. */
  onFirstAttempt?: (acknowledged: boolean) => void;
}

/**
 * Who goes next. Parcels of one lane go one after the other (unless `ordered` is off), those of different
 * lanes at the same time. A parcel that is held back waits until a later one of its lane went, or `holdMs`.
 */
export interface Lanes {
  submit(parcel: Parcel): void;
  /** The next parcel, and with it up to `maxStatuses` statuses that wait for the same endpoint. */
  take(maxStatuses: number): Parcel[];
  /** The first attempt at these is over, well or not: their lanes go on. */
  settle(parcels: readonly Parcel[]): void;
  clear(): void;
}

interface Held {
  parcel: Parcel;
  sequence: number;
  cancelTimer: () => void;
}

interface Lane {
  busy: boolean;
  waiting: Fifo<Parcel>;
  held: Held[];
}

export function createLanes(options: {
  ordered: boolean;
  holdMs: number;
  timers: Timers;
  /** A parcel that was held back became ready on its own. */
  onReady: () => void;
}): Lanes {
  const { ordered, holdMs, timers, onReady } = options;
  const ready = createFifo<Parcel>();
  const lanes = new Map<string, Lane>();
  const sequences = new WeakMap<Parcel, number>();
  let lastSequence = 0;

  function laneOf(name: string): Lane {
    let lane = lanes.get(name);
    if (!lane) lanes.set(name, (lane = { busy: false, waiting: createFifo(), held: [] }));
    return lane;
  }

  function place(lane: Lane, parcel: Parcel): void {
    if (ordered && lane.busy) {
      lane.waiting.push(parcel);
      return;
    }
    lane.busy = true;
    ready.push(parcel);
  }

  function hold(lane: Lane, parcel: Parcel, sequence: number): void {
    const cancelTimer = timers.after(holdMs, () => {
      lane.held = lane.held.filter((held) => held.parcel !== parcel);
      place(laneOf(parcel.lane), parcel);
      onReady();
    });
    lane.held.push({ parcel, sequence, cancelTimer });
  }

  function release(lane: Lane, overtakenBy: number): void {
    const freed = lane.held.filter((held) => held.sequence < overtakenBy);
    if (freed.length === 0) return;
    lane.held = lane.held.filter((held) => held.sequence >= overtakenBy);
    for (const { parcel, cancelTimer } of freed) {
      cancelTimer();
      place(lane, parcel);
    }
  }

  function takeStatuses(from: Fifo<Parcel>, endpoint: Endpoint, room: number): Parcel[] {
    const taken: Parcel[] = [];
    for (let next = from.peek(); next && taken.length < room; next = from.peek()) {
      if (next.kind !== "status" || next.endpoint !== endpoint) break;
      taken.push(next);
      from.shift();
    }
    return taken;
  }

  return {
    submit(parcel) {
      lastSequence += 1;
      sequences.set(parcel, lastSequence);
      const lane = laneOf(parcel.lane);
      if (parcel.heldBack) hold(lane, parcel, lastSequence);
      else place(lane, parcel);
    },
    take(maxStatuses) {
      const head = ready.shift();
      if (!head) return [];
      const room = maxStatuses - (head.kind === "status" ? 1 : 0);
      const own = takeStatuses(laneOf(head.lane).waiting, head.endpoint, room);
      const others = takeStatuses(ready, head.endpoint, room - own.length);
      return [head, ...own, ...others];
    },
    settle(parcels) {
      const newestByLane = new Map<string, number>();
      for (const parcel of parcels) {
        newestByLane.set(parcel.lane, Math.max(newestByLane.get(parcel.lane) ?? 0, sequences.get(parcel) ?? 0));
      }
      for (const [name, newest] of newestByLane) {
        const lane = laneOf(name);
        lane.busy = false;
        const next = lane.waiting.shift();
        if (next) place(lane, next);
        release(lane, newest);
        if (!lane.busy && lane.held.length === 0) lanes.delete(name);
      }
    },
    clear() {
      ready.clear();
      lanes.clear();
    },
  };
}
