import { parseArgs } from "node:util";
import { ConfigError } from "@parley/runtime";
import type { RunOptions } from "./options.ts";

export interface Command {
  kind: "bench" | "drill";
  /** In the order in which they run. */
  names: string[];
  /** Where the figures go as JSON. */
  json: string | undefined;
  options: RunOptions;
}

/** Reads `bench|drill [NAME …] [--json FILE] [--seconds N] [--rounds N] [--seed N] [--cpu-prof DIR]`; no name means every known one. */
export function parseCommand(argv: readonly string[], known: Record<Command["kind"], readonly string[]>): Command {
  const { values, positionals } = readArguments(argv);
  const [kind, ...names] = positionals;
  if (kind !== "bench" && kind !== "drill") {
    throw new ConfigError(`say what to run: bench or drill, not "${kind ?? ""}"`);
  }
  const unknown = names.find((name) => !known[kind].includes(name));
  if (unknown !== undefined) {
    throw new ConfigError(`there is no ${kind} "${unknown}"; known are ${known[kind].join(", ")}`);
  }
  return {
    kind,
    names: names.length > 0 ? names : [...known[kind]],
    json: values.json,
    options: {
      seconds: readCount("seconds", values.seconds, 1),
      rounds: readCount("rounds", values.rounds, 1),
      seed: readCount("seed", values.seed, 0),
      cpuProfileDirectory: values["cpu-prof"],
    },
  };
}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: "string" },
        seconds: { type: "string" },
        rounds: { type: "string" },
        seed: { type: "string" },
        "cpu-prof": { type: "string" },
      },
    });
  } catch (error) {
    // parseArgs says in a sentence which argument it does not know.
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

function readCount(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < least) {
    throw new ConfigError(`--${name} must be a whole number of at least ${least}, not "${text}"`);
  }
  return count;
}
