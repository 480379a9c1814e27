import { spawn } from "node:child_process";

export interface ParentGuard {
  /** To be called when the process has ended, because its pid may soon be somebody else's. */
  release(): void;
}

/**
 * Sends `signal` to `pid` once this process is gone, even if it was killed with SIGKILL: a small shell of
 * its own process group waits for the end of a pipe that only this process holds open.
 */
export function killWithParent(pid: number, signal: "INT" | "TERM" | "KILL"): ParentGuard {
  const guard = spawn("/bin/sh", ["-c", `read -r _; kill -${signal} ${pid}`], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
  });
  // Without a guard the server still runs, and the next start finds it by its run file.
  guard.once("error", () => {});
  guard.stdin.once("error", () => {});
  return { release: () => void guard.kill("SIGKILL") };
}
