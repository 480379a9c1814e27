import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { SchemaEngine, __wbg_set_wasm as useExports } from "@prisma/schema-engine-wasm/schema_engine_bg";
import { createMigrationAdapterFactory } from "./migration-adapter.mjs";

const require = createRequire(import.meta.url);
const packageDirectory = dirname(require.resolve("@prisma/schema-engine-wasm"));

// Of the same release as the adapter, which depends on it; asking through the adapter keeps it so.
const { bindMigrationAwareSqlAdapterFactory } = createRequire(require.resolve("@prisma/adapter-pg"))(
  "@prisma/driver-adapter-utils",
);

/** Why the engine panicked; the error that it then throws only says "unreachable". */
let panicMessage;

export function lastPanic() {
  return panicMessage;
}

/** `datamodels` are [path, text] pairs; `log` gets the engine's messages. Rejects when the schema does not parse. */
export async function createSchemaEngine({ url, datamodels, log }) {
  await loadWebAssembly();
  const adapterFactory = bindMigrationAwareSqlAdapterFactory(createMigrationAdapterFactory(url));
  return SchemaEngine.new({ datamodels }, log, adapterFactory);
}

/** The package's own entry imports its .wasm file as a module, which Node only does behind a flag. */
async function loadWebAssembly() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => (panicMessage = message) };
  const file = readFileSync(join(packageDirectory, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(file, { "./schema_engine_bg.js": bindings });
  const { __wbindgen_start: start } = instance.exports;
  useExports(instance.exports);
  start();
}

/** The commit of prisma-engines that both this package and the CLI were made from. */
export function schemaEngineVersion() {
  const { version } = JSON.parse(readFileSync(join(packageDirectory, "package.json"), "utf8"));
  return version.split(".").at(-1);
}
