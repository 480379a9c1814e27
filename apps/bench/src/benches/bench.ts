import type { ShutdownStack } from "@parley/runtime";
import type { RunOptions } from "../options.ts";
import type { Target } from "../results.ts";
import type { BenchServices } from "../setting/services.ts";

/** What a bench is given. Whatever it starts it registers in `undo`, even if it also stops it itself. */
export interface BenchRun {
  services: BenchServices;
  options: RunOptions;
  undo: ShutdownStack;
}

export interface Bench {
  /** One sentence: what is compared with what. */
  about: string;
  targets: readonly Target[];
  /** Prints its tables and returns the figures by their keys. Throws when a contender did not do all of the work. */
  run(run: BenchRun): Promise<Record<string, number>>;
}
