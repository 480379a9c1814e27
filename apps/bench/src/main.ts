import { ConfigError, createShutdownStack, createSilentLogger, processEnv } from "@parley/runtime";
import { benches } from "./benches/index.ts";
import { parseCommand } from "./command-line.ts";
import { drills } from "./drills/index.ts";
import { runBenches } from "./run-benches.ts";
import { runDrills } from "./run-drills.ts";
import { runLoad } from "./run-load.ts";

const undo = createShutdownStack(createSilentLogger(), 30_000);

/** Stops everything in order, once, and exits. */
function end(reason: string, exitCode: number): Promise<never> {
  return undo.run(reason).then(() => process.exit(exitCode));
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    console.log("\nStopping.");
    void end(signal, 130);
  });
}
// The bootstrap was killed.
process.once("disconnect", () => void end("disconnect", 1));

try {
  const command = parseCommand(process.argv.slice(2), { bench: Object.keys(benches), drill: Object.keys(drills) });
  if (command.kind === "load") await runLoad(command, processEnv, undo);
  if (command.kind === "bench") await runBenches(command, processEnv, undo);
  const hasPassed = command.kind !== "drill" || (await runDrills(command, processEnv));
  await end("done", hasPassed ? 0 : 1);
} catch (error) {
  console.error(error instanceof ConfigError ? `${error.message}.` : error);
  await end("failure", 1);
}
