import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ConfigError } from "@parley/runtime";

/** Written beside a server's data while it runs: which process, for whom, and a text of its command line. */
interface Run {
  pid: number;
  ownerPid: number;
  /** So that a pid which meanwhile belongs to something else is not mistaken for the server. */
  mark: string;
}

const ORDERLY_END_MS = 10_000;

export function recordRun(path: string, run: { pid: number; mark: string }): Promise<void> {
  return writeFile(path, JSON.stringify({ ...run, ownerPid: process.pid } satisfies Run));
}

export function clearRun(path: string): Promise<void> {
  return rm(path, { force: true });
}

/** Ends the server that a process since gone left behind. Throws a ConfigError when that process still runs. */
export async function stopLeftover(path: string, name: string, stopSignal: NodeJS.Signals): Promise<void> {
  const run = await readRun(path);
  if (!run || !isServer(run)) return;
  if (run.ownerPid !== process.pid && commandLineOf(run.ownerPid) !== "") {
    throw new ConfigError(
      `${name} in ${dirname(path)} belongs to process ${run.ownerPid}, which still runs: stop it first`,
    );
  }
  process.kill(run.pid, stopSignal);
  const deadline = Date.now() + ORDERLY_END_MS;
  while (isServer(run)) {
    if (Date.now() > deadline) process.kill(run.pid, "SIGKILL");
    await sleep(20);
  }
  await clearRun(path);
}

function isServer(run: Run): boolean {
  return commandLineOf(run.pid).includes(run.mark);
}

async function readRun(path: string): Promise<Run | undefined> {
  try {
    const run: Partial<Run> = JSON.parse(await readFile(path, "utf8"));
    if (!run.pid || !run.ownerPid || !run.mark) return undefined;
    return { pid: run.pid, ownerPid: run.ownerPid, mark: run.mark };
  } catch {
    // None, or cut short by a crash: then nothing is known of a leftover.
    return undefined;
  }
}

/** Empty when there is no such process, or only its exit code is left of it. */
function commandLineOf(pid: number): string {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}
