import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { killWithParent } from "@parley/embedded";
import type { Env } from "@parley/runtime";
import type { AppName } from "./plan-strikes.ts";

const APPS_DIRECTORY = fileURLToPath(new URL("../../../../", import.meta.url));
const JUMPING_CLOCK = fileURLToPath(new URL("./jumping-clock.ts", import.meta.url));
const RESTART_DELAY_MS = 300;
const STOP_TIMEOUT_MS = 20_000;

/** One of the installation's processes under the drill's own supervisor: it comes back, however it ended. */
export interface AppProcess {
  readonly name: AppName;
  /** How it ended by itself, which no strike explains. */
  readonly crashes: readonly string[];
  /** SIGKILL; resolves when it was started again, `downMs` later. */
  killFor(downMs: number): Promise<void>;
  /** SIGSTOP; resolves when it goes on, `downMs` later. */
  freezeFor(downMs: number): Promise<void>;
  /** Its clock is so much off from now on, until it is started again. */
  jumpClock(byMs: number): void;
  /** SIGTERM, for good. */
  stop(): Promise<void>;
}

export function startApp(options: { name: AppName; env: Env; logFile: string }): AppProcess {
  const { name, env, logFile } = options;
  const clockFile = `${logFile}.clock`;
  // A twin is the same app.
  const file = `${APPS_DIRECTORY}${name.replace(/-twin$/, "")}/src/main.ts`;
  const crashes: string[] = [];
  const expected = new WeakSet<ChildProcess>();
  let stopped = false;
  let child = launch("w");

  function launch(flags: "w" | "a"): ChildProcess {
    const logFd = openSync(logFile, flags);
    writeFileSync(clockFile, "0");
    const launched = spawn(process.execPath, [`--import=${JUMPING_CLOCK}`, file], {
      env: { ...env, DRILL_CLOCK_FILE: clockFile },
      detached: true,
      stdio: ["ignore", logFd, logFd],
    });
    closeSync(logFd);
    if (launched.pid !== undefined) {
      const guard = killWithParent(launched.pid, "KILL");
      launched.once("exit", () => guard.release());
    }
    launched.once("exit", (code, signal) => {
      if (expected.has(launched) || stopped) return;
      crashes.push(`${name} (pid ${launched.pid}) ended with ${signal ?? `exit code ${code}`}; its log: ${logFile}`);
      setTimeout(() => {
        // A strike may have started it again meanwhile.
        if (!stopped && child === launched && !expected.has(launched)) child = launch("a");
      }, RESTART_DELAY_MS);
    });
    return launched;
  }

  async function end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const ending = child;
    expected.add(ending);
    if (ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => ending.once("exit", () => resolve()));
    const timer = setTimeout(() => ending.kill("SIGKILL"), STOP_TIMEOUT_MS);
    ending.kill(signal);
    await exited;
    clearTimeout(timer);
  }

  return {
    name,
    crashes,
    async killFor(downMs) {
      await end("SIGKILL");
      await pause(downMs);
      if (!stopped) child = launch("a");
    },
    async freezeFor(downMs) {
      child.kill("SIGSTOP");
      await pause(downMs);
      child.kill("SIGCONT");
    },
    jumpClock: (byMs) => writeFileSync(clockFile, String(byMs)),
    async stop() {
      stopped = true;
      await end("SIGTERM");
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
