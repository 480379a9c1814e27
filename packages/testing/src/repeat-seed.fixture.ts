// A program that runs prisma/seed.ts anew for each environment that it is sent, and sends back how that ended.
import { format } from "node:util";

const [seed] = process.argv.slice(2);
let runs = 0;

process.on("message", (env: Record<string, string>) => void run(env));

async function run(env: Record<string, string>): Promise<void> {
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, env);
  process.exitCode = 0;
  let stderr = "";
  Object.assign(console, { error: (...words: unknown[]) => void (stderr += `${format(...words)}\n`) });
  runs += 1;
  // Another address each time, so that it is run again; what it imports is there already.
  await import(`${seed}?run=${runs}`);
  process.send?.({ exitCode: process.exitCode, stderr });
}
