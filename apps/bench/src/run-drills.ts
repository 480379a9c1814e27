import type { Env } from "@parley/runtime";
import type { RunCommand } from "./command-line.ts";
import { drills } from "./drills/index.ts";

/** Runs the drills of `command` one after the other, also after one has failed; true when every invariant held. */
export async function runDrills(command: RunCommand, env: Env): Promise<boolean> {
  const { seed, rounds } = command.options;
  const failed: string[] = [];
  for (const name of command.names) {
    const drill = drills[name];
    if (!drill) throw new Error(`there is no drill ${name}`);
    console.log(`\n${name}`);
    if (!(await drill({ seed, rounds, env }))) failed.push(name);
  }
  if (failed.length > 0) console.error(`\nAn invariant broke in: ${failed.join(", ")}.`);
  return failed.length === 0;
}
