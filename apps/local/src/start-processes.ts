import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { tailOf } from "@parley/embedded";
import type { Env } from "@parley/runtime";
import { fetch } from "undici";
import type { Addresses } from "./local-setup.ts";
import { StartFailure } from "./start-failure.ts";
import { superviseProcess, type SupervisedProcess } from "./supervised-process.ts";
import { waitFor } from "./wait-for.ts";

/**
 * In the order of starting; they stop in the reverse order. The simulator goes last, because what a worker is sending
 * when it is told to stop must still find the provider.
 */
const PROCESSES = [
  "simulator",
  "worker-delivery",
  "worker-outbound",
  "worker-sla",
  "worker-billing",
  "worker-automation",
  "worker-ingest",
  "api",
] as const;
const READY_TIMEOUT_MS = 60_000;

/**
 * Starts every process and hands each to `onStarted` at once, so that a failed start can be undone. `watch`
 * restarts a process when its source changes.
 */
export async function startProcesses(options: {
  root: string;
  logDirectory: string;
  env: Env;
  watch: boolean;
  verbose: boolean;
  onStarted: (process: SupervisedProcess) => void;
}): Promise<SupervisedProcess[]> {
  const { root, logDirectory, env, watch, verbose, onStarted } = options;
  await mkdir(logDirectory, { recursive: true });
  return PROCESSES.map((name) => {
    const main = join(root, `apps/${name}/src/main.ts`);
    const process = superviseProcess({
      name,
      args: watch ? ["--watch", "--watch-preserve-output", main] : [main],
      env,
      logFile: relative(globalThis.process.cwd(), join(logDirectory, `${name}.log`)),
      verbose,
    });
    onStarted(process);
    return process;
  });
}

/** Resolves when the API and the simulator answer; rejects with the end of the log when a process ends before that. */
export async function waitUntilReady(processes: readonly SupervisedProcess[], at: Addresses): Promise<void> {
  const deaths = processes.map(async ({ name, died, logFile }) => {
    const reason = await died;
    const tail = await tailOf(logFile, 15);
    throw new StartFailure(findSentence(name, tail) ?? `${reason}. The end of ${logFile}:\n${tail}`);
  });
  const ready = Promise.all([
    waitFor("GET /health/ready of the API answering 200", READY_TIMEOUT_MS, () => isOk(`${at.apiUrl}/health/ready`)),
    waitFor("the simulator answering", READY_TIMEOUT_MS, () => isOk(`${at.simulatorUrl}/_sim/health`)),
  ]);
  await Promise.race([ready, ...deaths]);
}

/** What a process that refuses its settings says in words, among lines of JSON (see `runProcess`). */
export function findSentence(name: string, log: string): string | undefined {
  return log.split("\n").findLast((line) => line.startsWith(`${name}: `));
}

async function isOk(url: string): Promise<true | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await answer.text();
    return answer.ok || undefined;
  } catch {
    return undefined;
  }
}
