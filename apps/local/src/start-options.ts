import { parseArgs } from "node:util";
import { ConfigError } from "@parley/runtime";

export interface StartOptions {
  mode: "start" | "dev";
  /** End after the demo conversation. */
  once: boolean;
  /** Delete the embedded data first. */
  fresh: boolean;
  /** The processes' logs go to the terminal too. */
  verbose: boolean;
}

/** `argv` without the program: `start --once`. Throws a ConfigError for an option that does not exist. */
export function parseStartOptions(argv: string[]): StartOptions {
  const boolean = { type: "boolean", default: false } as const;
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: { once: boolean, fresh: boolean, verbose: boolean },
    });
    const [mode, ...others] = positionals;
    if ((mode !== "start" && mode !== "dev") || others.length > 0)
      throw new Error(`unexpected "${positionals.join(" ")}"`);
    if (mode === "dev" && values.once) throw new Error("--once belongs to npm start; dev plays no demo conversation");
    return { mode, ...values };
  } catch (error) {
    // Node's own message goes on with advice that does not fit npm.
    const [reason] = (error instanceof Error ? error.message : String(error)).split(". ");
    throw new ConfigError(`${reason}. Usage: npm start -- [--once] [--fresh] [--verbose]`);
  }
}
