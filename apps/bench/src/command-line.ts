import { parseArgs } from "node:util";
import { ConfigError } from "@parley/runtime";
import { DEFAULT_SIZE, type LoadSize } from "./loader/load-size.ts";
import type { RunOptions } from "./options.ts";

export interface RunCommand {
  kind: "bench" | "drill";
  /** In the order in which they run. */
  names: string[];
  /** Where the figures go as JSON. */
  json: string | undefined;
  options: RunOptions;
}

export interface LoadCommand {
  kind: "load";
  size: LoadSize;
  /** The owner's URL of what is filled; without it, a database that the benches keep. */
  databaseUrl: string | undefined;
}

export type Command = RunCommand | LoadCommand;

const OPTIONS = {
  json: { type: "string" },
  seconds: { type: "string" },
  rounds: { type: "string" },
  scale: { type: "string" },
  seed: { type: "string" },
  "cpu-prof": { type: "string" },
  tenants: { type: "string" },
  conversations: { type: "string" },
  messages: { type: "string" },
  "database-url": { type: "string" },
} as const;

type Values = Partial<Record<keyof typeof OPTIONS, string>>;

const RUN_OPTIONS: readonly string[] = ["json", "seconds", "rounds", "scale", "seed", "cpu-prof"];
const LOAD_OPTIONS: readonly string[] = ["tenants", "conversations", "messages", "seed", "database-url"];

/**
 * Reads `bench|drill [NAME …] [--json FILE] [--seconds N] [--rounds N] [--scale N] [--seed N] [--cpu-prof DIR]`, where
 * no name means every known one, and
 * `bench load [--tenants N] [--conversations N] [--messages N] [--seed N] [--database-url URL]`.
 */
export function parseCommand(argv: readonly string[], known: Record<RunCommand["kind"], readonly string[]>): Command {
  const { values, positionals } = readArguments(argv);
  const [kind, ...names] = positionals;
  if (kind !== "bench" && kind !== "drill") {
    throw new ConfigError(`say what to run: bench or drill, not "${kind ?? ""}"`);
  }
  if (kind === "bench" && names[0] === "load") return readLoad(values, names.slice(1));
  assertOnly(values, RUN_OPTIONS, `${kind} does`);
  const unknown = names.find((name) => !known[kind].includes(name));
  if (unknown !== undefined) {
    throw new ConfigError(`there is no ${kind} "${unknown}"; known are ${known[kind].join(", ")}`);
  }
  return {
    kind,
    names: names.length > 0 ? names : [...known[kind]],
    json: values.json,
    options: {
      seconds: readCount("seconds", values, 1),
      rounds: readCount("rounds", values, 1),
      scale: readCount("scale", values, 1),
      seed: readCount("seed", values, 0),
      cpuProfileDirectory: values["cpu-prof"],
    },
  };
}

function readLoad(values: Values, others: readonly string[]): LoadCommand {
  if (others.length > 0) throw new ConfigError(`load stands alone, so run "${others.join(" ")}" by itself`);
  assertOnly(values, LOAD_OPTIONS, "load does");
  return {
    kind: "load",
    size: {
      tenants: readCount("tenants", values, 1) ?? DEFAULT_SIZE.tenants,
      conversations: readCount("conversations", values, 1) ?? DEFAULT_SIZE.conversations,
      messages: readCount("messages", values, 1) ?? DEFAULT_SIZE.messages,
      seed: readCount("seed", values, 0) ?? DEFAULT_SIZE.seed,
    },
    databaseUrl: values["database-url"],
  };
}

function readArguments(argv: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    // parseArgs says in a sentence which argument it does not know.
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

function assertOnly(values: Values, allowed: readonly string[], whoDoes: string): void {
  const other = Object.keys(values).find((name) => !allowed.includes(name));
  if (other !== undefined) throw new ConfigError(`${whoDoes} not know --${other}`);
}

function readCount(name: keyof Values, values: Values, least: number): number | undefined {
  const text = values[name];
  if (text === undefined) return undefined;
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < least) {
    throw new ConfigError(`--${name} must be a whole number of at least ${least}, not "${text}"`);
  }
  return count;
}
