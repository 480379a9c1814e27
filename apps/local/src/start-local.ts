import { execFile } from "node:child_process";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { migrateDatabase, readDatabaseConfig } from "@parley/db";
import { ensureServices, removeEmbeddedData } from "@parley/embedded";
import { step, type Env } from "@parley/runtime";
import { assertPortFree } from "./assert-port-free.ts";
import { checkNamedRoles, checkRoles } from "./check-roles.ts";
import { checkSettings } from "./check-settings.ts";
import { playDemoConversation } from "./demo-conversation.ts";
import { ensureSecrets } from "./local-secrets.ts";
import { processEnvironment, readAddresses, type Addresses } from "./local-setup.ts";
import { formatSummary, formatTimelineEntry } from "./print.ts";
import type { StartOptions } from "./start-options.ts";
import { StartFailure } from "./start-failure.ts";
import { startProcesses, waitUntilReady } from "./start-processes.ts";
import type { UndoStack } from "./undo-stack.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const DATA_DIRECTORY = join(ROOT, ".parley");
const LOG_DIRECTORY = join(DATA_DIRECTORY, "logs");
const MAIL_DIRECTORY = join(DATA_DIRECTORY, "mail");

export type Outcome = "up" | "demo failed";

/**
 * Everything of `npm start`, up to the end of the demo conversation. What it starts is in `undo` from the
 * moment it runs; `onGiveUp` is called later, when a process cannot be kept alive.
 */
export async function startLocal(
  options: StartOptions,
  env: Env,
  undo: UndoStack,
  onGiveUp: (reason: string) => void,
): Promise<Outcome> {
  console.log("Starting Parley.");
  const at = readAddresses(env);
  const secrets = await ensureSecrets(env, join(DATA_DIRECTORY, "secrets.json"));
  await step("settings", async () => {
    checkSettings({ ...env, ...secrets });
    await assertPortFree("PORT", at.host, at.apiPort);
    await assertPortFree("SIMULATOR_PORT", at.host, at.simulatorPort);
    await checkNamedRoles(env);
  });
  if (options.fresh) await step("old data deleted", () => removeEmbeddedData(DATA_DIRECTORY));

  const services = await step("PostgreSQL and Redis", () =>
    ensureServices(env, { directory: DATA_DIRECTORY, log: (line) => console.log(`    ${line}`) }),
  );
  undo.add(services);
  const { databaseUrl: ownerUrl, redisUrl } = services;
  const database = readDatabaseConfig({ ...env, DATABASE_URL: ownerUrl });
  const childEnv = processEnvironment(env, at, { ...database, redisUrl }, secrets, MAIL_DIRECTORY);

  await step("database migrated", async () => {
    await migrateDatabase(ownerUrl, env, database);
    await checkRoles(env, database);
  });
  await step("demo data", () => seed({ ...childEnv, DATABASE_URL: ownerUrl }));
  await step("API, workers and simulator", async () => {
    const processes = await startProcesses({
      root: ROOT,
      logDirectory: LOG_DIRECTORY,
      env: childEnv,
      watch: options.mode === "dev",
      verbose: options.verbose,
      onStarted: (process) => undo.add(process),
    });
    await waitUntilReady(processes, at);
    for (const process of processes) process.keepAlive(onGiveUp);
  });

  const outcome = options.mode === "dev" ? "up" : await playDemo(at);
  const shown = { logs: relative(process.cwd(), LOG_DIRECTORY), mails: relative(process.cwd(), MAIL_DIRECTORY) };
  console.log(`\n${formatSummary(env, at, shown)}\n`);
  if (!options.once) console.log("Parley is up. Ctrl-C stops it.");
  return outcome;
}

async function seed(env: Env): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [join(ROOT, "prisma/seed.ts")], { cwd: ROOT, env });
  } catch (error) {
    const output = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
    throw new StartFailure(`the demo data could not be written: ${output}`, { cause: error });
  }
}

async function playDemo(at: Addresses): Promise<Outcome> {
  console.log("\nA conversation, end to end:\n");
  try {
    await playDemoConversation(at, (entry) => console.log(formatTimelineEntry(entry)));
    return "up";
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`\nThe demo conversation failed: ${reason}.`);
    console.error(`The logs of the processes are in ${relative(process.cwd(), LOG_DIRECTORY)}.`);
    return "demo failed";
  }
}
