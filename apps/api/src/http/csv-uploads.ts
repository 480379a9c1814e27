import multipart from "@fastify/multipart";
import { CsvUpload, MAX_UPLOAD_BYTES } from "@parley/core/contact-imports";
import { DomainError } from "@parley/runtime";
import type { FastifyInstance, FastifyRequest } from "fastify";

/** The media types in which a route whose body has a `csv` takes it; for its schema's `consumes`. */
export const CSV_BODIES = ["application/json", "text/csv", "multipart/form-data"];

/** A large file on a slow line; for a route's `handlerTimeout` and `arrivalTimeoutMs`. */
export const UPLOAD_TIMEOUT_MS = 15 * 60_000;

const MOST_FIELDS = 20;
const MAX_FIELD_BYTES = 64 * 1024;

/**
 * Lets the routes of a scope take a file of CSV as the body, or as the file of a form, whose fields come before it. Their
 * body is then the object that it would be in JSON, with an upload for its `csv`. The file is read by the verb, as it
 * arrives; whatever of it is left when the answer is given is not waited for.
 */
export async function takeCsvUploads(app: FastifyInstance): Promise<void> {
  app.addContentTypeParser("text/csv", (_request, payload, done) => done(null, { csv: uploadOf(payload) }));
  await app.register(multipart, {
    limits: { files: 1, fields: MOST_FIELDS, fieldSize: MAX_FIELD_BYTES, fileSize: MAX_UPLOAD_BYTES + 1 },
  });
  app.addHook("preValidation", async (request) => {
    if (request.isMultipart()) request.body = await readForm(request);
  });
  app.addHook("onResponse", (request, _reply, done) => {
    if (!request.raw.complete) request.raw.destroy();
    done();
  });
}

async function readForm(request: FastifyRequest): Promise<object> {
  const part = await request.file().catch((error: unknown) => {
    throw incomplete(error);
  });
  if (!part) {
    const message = "must be the file of the form, behind its fields";
    throw new DomainError("validation_failed", `csv ${message}.`, { fields: [{ path: "csv", message }] });
  }
  const fields = Object.entries(part.fields).flatMap(([name, field]) => {
    const [first] = [field].flat();
    return first?.type === "field" ? [[name, asInJson(name, String(first.value))]] : [];
  });
  return { fileName: part.filename, ...Object.fromEntries(fields), csv: uploadOf(part.file) };
}

/** Fields of a form are texts. What is not the JSON of what it should be stays one, and is refused as such. */
function asInJson(name: string, text: string): unknown {
  if (name === "dryRun" && (text === "true" || text === "false")) return text === "true";
  if (name !== "mapping") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function uploadOf(stream: AsyncIterable<unknown>): CsvUpload {
  return new CsvUpload(arriving(stream));
}

async function* arriving(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  try {
    // Streams of bodies are of buffers.
    for await (const bytes of stream) yield bytes as Uint8Array;
  } catch (error) {
    throw incomplete(error);
  }
}

function incomplete(cause: unknown): DomainError {
  return new DomainError("validation_failed", "The file has not arrived as a whole; send it again.", { cause });
}
