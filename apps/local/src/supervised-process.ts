import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { createInterface } from "node:readline";
import { createWriteStream } from "node:fs";
import { killWithParent } from "@parley/embedded";
import type { Env } from "@parley/runtime";
import { restartDelayMs } from "./restart-delay.ts";

export interface ProcessSpec {
  name: string;
  args: string[];
  env: Env;
  logFile: string;
  /** Print its log lines too. */
  verbose: boolean;
}

export interface SupervisedProcess {
  readonly name: string;
  readonly logFile: string;
  /** Settles with a sentence when it ends before it was asked to: until `keepAlive` nobody restarts it. */
  readonly died: Promise<string>;
  /** From now on a death is told and mended; `onGiveUp` when it keeps dying. */
  keepAlive(onGiveUp: (reason: string) => void): void;
  /** SIGTERM, and SIGKILL when that takes too long. */
  stop(): Promise<void>;
  kill(): void;
}

/**
 * Longer than a send may take (20 s) and than the shutdown step that waits for it (30 s): a worker that is killed before
 * leaves messages of unknown outcome. As long as docker-compose.yml gives; who is in a hurry says Ctrl-C again.
 */
const STOP_TIMEOUT_MS = 60_000;
/** Up for this long, an earlier death is forgiven. */
const STABLE_AFTER_MS = 30_000;

/** Starts one of our processes under this Node. It ends when we end, even if we are killed. */
export function superviseProcess(spec: ProcessSpec): SupervisedProcess {
  const { name, logFile } = spec;
  let stopping = false;
  let failures = 0;
  let startedAt = 0;
  let restartTimer: NodeJS.Timeout | undefined;
  let giveUp: ((reason: string) => void) | undefined;
  let child: ChildProcess;
  let exited: Promise<void>;
  const died = Promise.withResolvers<string>();

  function launch(flags: "w" | "a"): void {
    startedAt = performance.now();
    child = spawnLogged(spec, flags);
    exited = new Promise((resolve) => child.once("exit", () => resolve()));
    child.once("exit", (code, signal) => {
      if (!stopping) onDeath(signal ?? `exit code ${code}`);
    });
  }

  function onDeath(how: string): void {
    const reason = `${name} ended unexpectedly (${how})`;
    died.resolve(reason);
    if (!giveUp) return;
    failures = performance.now() - startedAt > STABLE_AFTER_MS ? 1 : failures + 1;
    const delayMs = restartDelayMs(failures);
    if (delayMs === undefined) return giveUp(`${name} keeps ending (${how})`);
    console.error(`${reason}; it starts again in ${delayMs / 1000} s. Its log: ${logFile}`);
    restartTimer = setTimeout(() => launch("a"), delayMs);
  }

  launch("w");
  return {
    name,
    logFile,
    died: died.promise,
    keepAlive: (onGiveUp) => (giveUp = onGiveUp),
    async stop() {
      stopping = true;
      clearTimeout(restartTimer);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      child.kill("SIGTERM");
      await exited;
      clearTimeout(timer);
    },
    kill() {
      stopping = true;
      clearTimeout(restartTimer);
      child.kill("SIGKILL");
    },
  };
}

/** A process group of its own, because Ctrl-C signals the terminal's group and the order of stopping is ours. */
function spawnLogged(spec: ProcessSpec, flags: "w" | "a"): ChildProcess {
  const { name, args, env, logFile, verbose } = spec;
  const logFd = openSync(logFile, flags);
  const output = verbose ? "pipe" : logFd;
  const child = spawn(process.execPath, args, { env, detached: true, stdio: ["ignore", output, output] });
  closeSync(logFd);
  for (const stream of [child.stdout, child.stderr]) {
    if (!stream) continue;
    stream.pipe(createWriteStream(logFile, { flags: "a" }));
    createInterface({ input: stream }).on("line", (line) => console.log(`[${name}] ${line}`));
  }
  if (child.pid !== undefined) {
    const guard = killWithParent(child.pid, "TERM");
    child.once("exit", () => guard.release());
  }
  return child;
}
