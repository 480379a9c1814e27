import { execFile, spawn, type ChildProcess } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, delimiter } from "node:path";
import { promisify } from "node:util";
import { processEnv } from "@parley/runtime";

/** What `npm test` runs: the scripts of package.json by these names, then the tests. Arguments go to the tests, alone. */
const CHECKS = [
  { heading: "Types", script: "check:types" },
  { heading: "Lint", script: "check:lint" },
  { heading: "Format", script: "check:format" },
  { heading: "Boundaries between packages", script: "check:boundaries" },
  { heading: "Unused code and dependencies", script: "check:unused" },
];
const TESTS = { heading: "Unit and integration tests", command: "vitest run --config .config/vitest.ts" };

let current: ChildProcess | undefined;
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    interrupted = true;
    current?.kill(signal);
  });
}

const testArguments = process.argv.slice(2).filter((argument) => argument !== "--");
const steps = testArguments.length > 0 ? [TESTS] : [...(await readChecks()), TESTS];
const env: NodeJS.ProcessEnv = { ...processEnv, DO_NOT_TRACK: "1", TURBO_TELEMETRY_DISABLED: "1" };
// turbo runs the packages' scripts with pnpm, which is not installed but run through npx.
if (steps.length > 1) env["PATH"] = `${env["PATH"]}${delimiter}${await findPnpmDirectory()}`;

for (const { heading, command } of steps) {
  const startedAt = performance.now();
  console.log(`\n▶ ${heading}: ${command}`);
  const exitCode = await run(command, command === TESTS.command ? testArguments : []);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (exitCode !== 0 || interrupted) {
    console.error(`✗ ${heading} (${seconds} s)${interrupted ? ", interrupted" : ""}`);
    process.exit(exitCode || 130);
  }
  console.log(`✓ ${heading} (${seconds} s)`);
}
console.log(steps.length > 1 ? "\nEvery check passed." : "\nThe tests passed.");
process.exit(0);

async function readChecks(): Promise<{ heading: string; command: string }[]> {
  // Our own manifest, so its shape is known.
  const { scripts } = JSON.parse(await readFile("package.json", "utf8")) as { scripts: Record<string, string> };
  return CHECKS.map(({ heading, script }) => {
    const command = scripts[script];
    if (command === undefined) throw new Error(`package.json has no script ${script}`);
    return { heading, command };
  });
}

async function findPnpmDirectory(): Promise<string> {
  const { packageManager } = JSON.parse(await readFile("package.json", "utf8")) as { packageManager: string };
  const args = ["--loglevel=error", "-y", "-p", packageManager, "-c", "command -v pnpm"];
  const { stdout } = await promisify(execFile)("npx", args);
  return dirname(stdout.trim());
}

function run(command: string, args: string[]): Promise<number> {
  const [program = "", ...programArguments] = command.split(" ");
  const child = spawn(program, [...programArguments, ...args], { env, stdio: "inherit" });
  current = child;
  return new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
