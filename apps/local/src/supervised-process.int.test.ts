import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { processEnv } from "@parley/runtime";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { superviseProcess, type SupervisedProcess } from "./supervised-process.ts";

let directory: string;
let logFile: string;
let supervised: SupervisedProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "parley-supervised-"));
  logFile = join(directory, "worker.log");
});

afterEach(async () => {
  await supervised?.stop();
  await rm(directory, { recursive: true });
});

async function run(source: string): Promise<SupervisedProcess> {
  const main = join(directory, "main.mjs");
  await writeFile(main, source);
  supervised = superviseProcess({ name: "worker", args: [main], env: processEnv, logFile, verbose: false });
  return supervised;
}

function logHolds(text: string): Promise<void> {
  return vi.waitFor(async () => expect(await readFile(logFile, "utf8")).toContain(text), { timeout: 10_000 });
}

test("a process that ends during the start is told of, and not restarted", async () => {
  const worker = await run(`console.log("up"); process.exitCode = 3;`);
  expect(await worker.died).toBe("worker ended unexpectedly (exit code 3)");
  expect(await readFile(logFile, "utf8")).toBe("up\n");
});

test("a process that is kept alive starts again, and its log goes on", async () => {
  const told = vi.spyOn(console, "error").mockReturnValue();
  const worker = await run(`console.log("up"); setTimeout(() => process.exit(1), 200);`);
  worker.keepAlive(() => {});
  await logHolds("up\nup\n");
  expect(told).toHaveBeenCalledWith(
    expect.stringMatching(/^worker ended unexpectedly \(exit code 1\); it starts again/),
  );
  told.mockRestore();
});

test("stop waits for an orderly end", async () => {
  const worker = await run(`
    const alive = setInterval(() => {}, 1000);
    process.on("SIGTERM", () => { console.log("goodbye"); clearInterval(alive); });
    console.log("up");`);
  await logHolds("up");
  await worker.stop();
  await worker.stop();
  expect(await readFile(logFile, "utf8")).toBe("up\ngoodbye\n");
});
