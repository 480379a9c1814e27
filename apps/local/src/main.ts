import { ConfigError, processEnv } from "@parley/runtime";
import { StartFailure } from "./start-failure.ts";
import { startLocal } from "./start-local.ts";
import { parseStartOptions } from "./start-options.ts";
import { createUndoStack } from "./undo-stack.ts";

const undo = createUndoStack();
let ending: Promise<void> | undefined;

/** Stops everything in order, once, and exits. */
function end(exitCode: number): Promise<void> {
  return (ending ??= undo.run().then(() => process.exit(exitCode)));
}

function onSignal(): void {
  if (ending) {
    console.error("Killed.");
    undo.kill();
    process.exit(130);
  }
  console.log("\nStopping. Once more to kill.");
  void end(0);
}

process.on("SIGINT", onSignal);
process.on("SIGTERM", onSignal);
process.on("SIGHUP", onSignal);
// A terminal that was closed takes no more words, but stopping goes on.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
// The bootstrap was killed.
process.once("disconnect", () => void end(0));

try {
  const options = parseStartOptions(process.argv.slice(2));
  const outcome = await startLocal(options, processEnv, undo, (reason) => {
    console.error(`${reason}: stopping everything.`);
    void end(1);
  });
  if (options.once) await end(outcome === "up" ? 0 : 1);
} catch (error) {
  // A signal during the start makes whatever was under way fail; that is not worth a word.
  if (!ending) console.error(describe(error));
  await end(1);
}

/** One sentence for what the user can mend; the whole error for what only we can. */
function describe(error: unknown): unknown {
  if (error instanceof ConfigError) return `Parley cannot start: ${error.message}.`;
  return error instanceof StartFailure ? `Parley cannot start: ${error.message}` : error;
}
