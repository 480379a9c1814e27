import { createInterface } from "node:readline";
import { lastPanic } from "./wasm-engine.mjs";

/** The CLI's names for two methods that the engine calls otherwise. */
const RENAMED_METHODS = { getDatabaseVersion: "version", migrateDiff: "diff" };

/**
 * Answers JSON-RPC requests, one JSON object a line on stdin, until stdin ends. The engine is made on the
 * first request; a failure to make it (a schema that does not parse) is the answer to that request.
 */
export async function serveJsonRpc(createEngine) {
  let engine;
  let pendingId;

  // An engine that panics throws past its own promise; left unanswered, the CLI would exit 0.
  process.on("uncaughtException", (error) => {
    process.exitCode = 1;
    send({ id: pendingId, error: toRpcError(error) }, () => process.exit());
  });

  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() === "") continue;
    const { id, method, params } = JSON.parse(line);
    // Without a method it is the CLI's receipt for our own "print" request.
    if (method === undefined) continue;
    pendingId = id;
    try {
      engine ??= createEngine();
      send({ id, result: await call(await engine, method, params) });
    } catch (error) {
      send({ id, error: toRpcError(error) });
    }
  }
}

async function call(engine, method, params) {
  const name = RENAMED_METHODS[method] ?? method;
  if (typeof engine[name] !== "function") throw new Error(`the WebAssembly schema engine has no method "${method}"`);
  const result = await engine[name](params);
  if (name === "diff" && result.stdout) send({ id: 0, method: "print", params: { content: result.stdout } });
  return result ?? null;
}

function send(message, onWritten) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`, onWritten);
}

/** In the form of the native engine's errors; `is_panic` would make the CLI offer to report it over the network. */
function toRpcError(error) {
  const text = error instanceof Error ? error.message : String(error);
  const message = error instanceof WebAssembly.RuntimeError ? `The schema engine failed: ${lastPanic() ?? text}` : text;
  const data = { is_panic: false, message, meta: error?.meta, error_code: error?.code };
  return { code: 4466, message: "An error happened. Check the data field for details.", data };
}
