import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { z } from "zod";

/** A large export and a slow reader take longer than other answers may; for a route's `handlerTimeout`. */
export const CSV_TIMEOUT_MS = 15 * 60_000;

/** `response: { 200: csvResponse }` of a route that answers with `sendCsv`. Streams are not validated. */
export const csvResponse = {
  description: "CSV with a header line.",
  content: { "text/csv": { schema: z.custom<FastifyReply>().meta({ type: "string", example: "id,createdAt\r\n" }) } },
};

/** Sends pieces of CSV as a download, as fast as the client takes them. */
export function sendCsv(reply: FastifyReply, fileName: string, pieces: AsyncIterable<string>): FastifyReply {
  return reply
    .type("text/csv; charset=utf-8")
    .header("content-disposition", `attachment; filename="${fileName}"`)
    .send(Readable.from(pieces));
}
