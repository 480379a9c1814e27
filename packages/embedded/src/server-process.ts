import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { killWithParent } from "./kill-with-parent.ts";

export interface ServerCommand {
  command: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Begun anew at each start, so that its tail is about this run. */
  logFile: string;
  /** Asks the server for an orderly end. */
  stopSignal: "SIGINT" | "SIGTERM";
  uid?: number;
  gid?: number;
}

export interface ServerProcess {
  readonly pid: number;
  readonly running: boolean;
  readonly exited: Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

const STOP_TIMEOUT_MS = 20_000;

/**
 * Starts a server in a process group of its own, because Ctrl-C signals the whole group of the terminal and
 * the servers must be the last to go.
 */
export async function spawnServer(options: ServerCommand): Promise<ServerProcess> {
  const { command, args, env, uid, gid, stopSignal } = options;
  const logFd = openSync(options.logFile, "w", 0o644);
  const child = spawn(command, args, { env, uid, gid, cwd: "/", detached: true, stdio: ["ignore", logFd, logFd] });
  closeSync(logFd);
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", reject);
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} has no process id`);

  let running = true;
  const guard = killWithParent(pid, stopSignal === "SIGINT" ? "INT" : "TERM");
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => {
      running = false;
      guard.release();
      resolve();
    });
  });

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (running) child.kill(signal);
    await exited;
  }

  return {
    pid,
    exited,
    get running() {
      return running;
    },
    kill: () => end("SIGKILL"),
    async stop() {
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await end(stopSignal);
      clearTimeout(timer);
    },
  };
}

/** The last lines of a server's log, for the message about why it did not start. */
export async function tailOf(logFile: string, lines = 8): Promise<string> {
  const text = await readFile(logFile, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}
