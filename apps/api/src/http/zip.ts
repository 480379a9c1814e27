import { Readable } from "node:stream";
import type { FastifyReply } from "fastify";
import { z } from "zod";

/** A large archive and a slow reader take longer than other answers may; for a route's `handlerTimeout`. */
export const ZIP_TIMEOUT_MS = 15 * 60_000;

/** `response: { 200: zipResponse }` of a route that answers with `sendZip`. Streams are not validated. */
export const zipResponse = {
  description: "A zip.",
  content: {
    "application/zip": { schema: z.custom<FastifyReply>().meta({ type: "string", format: "binary", example: "PK" }) },
  },
};

/** Sends the bytes of a zip as a download, as fast as the client takes them. */
export function sendZip(reply: FastifyReply, fileName: string, pieces: AsyncIterable<Uint8Array>): FastifyReply {
  return reply
    .type("application/zip")
    .header("content-disposition", `attachment; filename="${fileName}"`)
    .send(Readable.from(pieces));
}
