import type { Env } from "@parley/runtime";

/** What `npm run drill -- NAME --seed N --rounds N` gives to a drill; a number that is absent is 1. */
export interface DrillOptions {
  /** Decides the load and the schedule of kills. The rounds have this seed, the next, and so on. */
  seed?: number;
  rounds?: number;
  /** What its processes inherit. */
  env: Env;
}

/** Runs all rounds; false when an invariant broke in any of them. */
export type Drill = (options: DrillOptions) => Promise<boolean>;
