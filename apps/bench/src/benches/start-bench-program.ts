import type { Env } from "@parley/runtime";
import { startProgram, type Program } from "../setting/program.ts";
import type { BenchRun } from "./bench.ts";

/**
 * Starts `file` (from the root of the repository) as a process that ends with the run at the latest. Its log is
 * named `name`; its CPU is profiled when the run was asked to. Resolves when the program has said that it is up.
 */
export async function startBenchProgram(run: BenchRun, name: string, file: string, env: Env): Promise<Program> {
  const { logDirectory } = run.services;
  const { cpuProfileDirectory } = run.options;
  const program = await startProgram({ name, file, env, logDirectory, cpuProfileDirectory });
  run.undo.add(name, () => program.stop());
  return program;
}
