#!/usr/bin/env node
/**
 * Stands in for the native schema engine, which the Prisma CLI would otherwise download from a host of its
 * own: the same engine, compiled to WebAssembly and installed from npm, spoken to in the same way. The CLI
 * executes this file because `.config/prisma.ts` sets PRISMA_SCHEMA_ENGINE_BINARY; it is plain JavaScript
 * because the `node` on the PATH may be too old to strip types.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { canConnect, createDatabase, describeFailure } from "./database-commands.mjs";
import { serveJsonRpc } from "./json-rpc.mjs";
import { createSchemaEngine, schemaEngineVersion } from "./wasm-engine.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    version: { type: "boolean" },
    datasource: { type: "string" },
    datamodels: { type: "string", multiple: true, default: [] },
    "enabled-preview-features": { type: "string" },
    "extension-types": { type: "string" },
  },
});

/** One line in the format of the native engine's log, from which the CLI takes the text of its error. */
function log(level, fields) {
  const line = { timestamp: new Date().toISOString(), level, fields, target: "schema_engine::logger" };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

async function runDatabaseCommand(command, url) {
  // The CLI skips the first line of this output.
  process.stderr.write("\n");
  try {
    if (command === "can-connect-to-database") await canConnect(url);
    else if (command === "create-database") await createDatabase(url);
    else throw new Error(`the schema engine has no command "${command}"`);
  } catch (error) {
    log("ERROR", describeFailure(error, url));
    process.exitCode = 1;
  }
}

const url = values.datasource ? JSON.parse(values.datasource).url : undefined;

if (values.version) {
  process.stdout.write(`schema-engine-cli ${schemaEngineVersion()}\n`);
} else if (positionals[0] === "cli") {
  await runDatabaseCommand(positionals[1], url);
} else {
  const files = values.datamodels.map((path) => [path, readFileSync(path, "utf8")]);
  // `migrate diff` names no schema here; the engine takes that as undefined and panics on an empty list.
  const datamodels = files.length > 0 ? files : undefined;
  await serveJsonRpc(() => createSchemaEngine({ url, datamodels, log: (message) => log("INFO", { message }) }));
}
