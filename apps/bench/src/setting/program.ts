import { fork, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { killWithParent, tailOf } from "@parley/embedded";
import type { Env } from "@parley/runtime";
import { waitFor } from "../wait-for.ts";
import type { Answer, Call } from "./serve-parent.ts";

/** A process of its own: one of the apps, or a program of a bench that answers calls. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  /** Where it listens, if it said so when it was up. */
  readonly url: string | undefined;
  /** Calls a verb of a program that uses `serveParent`. Rejects with its error, or when it ends. */
  call<Result>(verb: string, argument?: unknown): Promise<Result>;
  /** SIGTERM, and SIGKILL when that takes too long. Does nothing when it has ended. */
  stop(): Promise<void>;
}

export interface ProgramOptions {
  name: string;
  /** From the root of the repository. */
  file: string;
  env: Env;
  logDirectory: string;
  /** Where a CPU profile is written when the program ends. */
  cpuProfileDirectory?: string;
}

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));
const READY_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 15_000;
/** What every app logs once it works; programs of ours log it too. */
const UP = /^.* is up\b.*$/m;
/** `api is up at http://…` */
const ADDRESS = /is up at (http:[^"\s]+)/;

/** Resolves when the program has said that it is up. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, logDirectory, cpuProfileDirectory } = options;
  await mkdir(logDirectory, { recursive: true });
  const logFile = join(logDirectory, `${name}.log`);
  const logFd = openSync(logFile, "w");
  const child = fork(join(ROOT, options.file), {
    cwd: ROOT,
    env: { ...options.env },
    execArgv: cpuProfileDirectory ? ["--cpu-prof", `--cpu-prof-dir=${cpuProfileDirectory}`] : [],
    detached: true,
    stdio: ["ignore", logFd, logFd, "ipc"],
  });
  closeSync(logFd);
  const { pid } = child;
  if (pid === undefined) throw new Error(`${name} could not be started`);
  const guard = killWithParent(pid, "TERM");
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => {
      guard.release();
      resolve();
    });
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;

  async function stop(): Promise<void> {
    if (hasEnded()) return;
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    child.kill("SIGTERM");
    await exited;
    clearTimeout(timer);
  }

  try {
    const line = await waitFor(`${name} being up`, READY_TIMEOUT_MS, async () => {
      if (hasEnded()) throw new Error(`${name} ended at once. The end of ${logFile}:\n${await tailOf(logFile)}`);
      return UP.exec(await readFile(logFile, "utf8"))?.[0];
    });
    return { name, pid, url: ADDRESS.exec(line)?.[1], call: createCaller(name, child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function createCaller(name: string, child: ChildProcess): Program["call"] {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  child.on("message", (message) => {
    // Only `serveParent` writes to this channel.
    const answer = message as Answer;
    const caller = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error === undefined) caller?.resolve(answer.value);
    else caller?.reject(new Error(`${name}: ${answer.error}`));
  });
  child.once("exit", () => {
    for (const caller of waiting.values()) caller.reject(new Error(`${name} ended during a call`));
    waiting.clear();
  });
  return <Result>(verb: string, argument?: unknown) =>
    new Promise<Result>((resolve, reject) => {
      lastId += 1;
      // What a verb returns is between the two files that call and serve it.
      waiting.set(lastId, { resolve: (value) => resolve(value as Result), reject });
      child.send({ id: lastId, verb, argument } satisfies Call, (error) => {
        if (error) reject(error);
      });
    });
}
