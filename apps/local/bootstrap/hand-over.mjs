import { spawn } from "node:child_process";
import { constants } from "node:os";
import { childEnvironment, INSTALLED_NODE, ROOT } from "./paths.mjs";

/** Ctrl-C reaches us from the terminal and again from npm; the program must see one signal. */
const SAME_SIGNAL_MS = 500;
const PARENT_CHECK_MS = 1_000;

/** Runs a program under the installed Node, passes signals on to it and ends with its exit code. */
export function handOver(args) {
  const child = spawn(INSTALLED_NODE, args, {
    cwd: ROOT,
    env: childEnvironment,
    // A group of its own: signals come to it through us only, once each. The channel closes when we are killed.
    detached: true,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  let lastSignalAt = -SAME_SIGNAL_MS;
  const passOn = (signal) => {
    const now = performance.now();
    if (now - lastSignalAt < SAME_SIGNAL_MS) return;
    lastSignalAt = now;
    child.kill(signal);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => passOn(signal));
  stopWithNpm(() => passOn("SIGTERM"));

  child.once("error", (error) => {
    console.error(`${INSTALLED_NODE} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once("exit", (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
  });
}

/** An npm that was killed cannot tell us, but leaves us to another parent. */
function stopWithNpm(stop) {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, PARENT_CHECK_MS);
}
