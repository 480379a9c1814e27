import { Readable } from "node:stream";
import type { ByteRange, OpenedAttachment } from "@parley/core/media";
import { DomainError } from "@parley/runtime";
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { readByteRange } from "./byte-range.ts";
import { contentDisposition } from "./content-disposition.ts";
import { FILE_TYPES, fileTypeOf } from "./file-types.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route answers with a file, of which a part may be asked for, or nothing if it is the same as before. */
    file?: boolean;
  }
}

/** A large file and a slow reader take longer than other answers may; for a route's `handlerTimeout`. */
export const FILE_TIMEOUT_MS = 15 * 60_000;

/** Whatever a browser makes of a file that somebody sent: nothing in it runs, is asked for, or has our origin. */
const FILE_POLICY =
  "default-src 'none';img-src 'self';media-src 'self';style-src 'unsafe-inline';frame-ancestors 'none';sandbox";

const bytes = z.custom<FastifyReply>().meta({ type: "string", format: "binary", example: "…" });
const content = Object.fromEntries(FILE_TYPES.map((type) => [type, { schema: bytes }]));

/** `response: fileResponses` of a route that answers with `sendFile`. Streams are not validated. */
export const fileResponses = {
  200: { description: "The file.", content },
  206: { description: "The part of the file that was asked for.", content },
  304: z.undefined(),
};

/**
 * Sends a file as fast as the client takes it, or the part of it that is asked for. It never changes, so its hash is its
 * ETag; who asks may change, so caches ask each time. `range_not_satisfiable`: it has no such bytes.
 */
export function sendFile(request: FastifyRequest, reply: FastifyReply, file: OpenedAttachment): FastifyReply {
  const etag = `"${Buffer.from(file.sha256, "base64").toString("hex")}"`;
  const { type, extension, isShown } = fileTypeOf(file.mimeType);
  const name = file.fileName ?? `${file.kind.toLowerCase()}-${file.id}.${extension}`;
  void reply.headers({
    etag,
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "content-security-policy": FILE_POLICY,
    "content-disposition": contentDisposition(isShown ? "inline" : "attachment", name),
  });
  if (isSame(request.headers["if-none-match"], etag)) return reply.code(304).send(undefined);
  const part = askedFor(request, { etag, size: file.size });
  if (part === "unsatisfiable") {
    void reply.header("content-range", `bytes */${file.size}`);
    throw new DomainError("range_not_satisfiable", `This file has ${file.size} bytes; ask for some of those.`);
  }
  const { first, last } = part ?? { first: 0, last: file.size - 1 };
  if (part) void reply.code(206).header("content-range", `bytes ${first}-${last}/${file.size}`);
  // Who asks for the head alone is sent no bytes, so none are read.
  const pieces = request.method === "HEAD" ? [] : file.read({ first, last });
  return reply
    .type(type)
    .header("content-length", last - first + 1)
    .send(Readable.from(pieces));
}

/** A part of what the client has the beginning of is of no use, if that was another file. */
function askedFor(
  { headers }: FastifyRequest,
  { etag, size }: { etag: string; size: number },
): ByteRange | "unsatisfiable" | undefined {
  const condition = headers["if-range"];
  return condition === undefined || condition === etag ? readByteRange(headers.range, size) : undefined;
}

/** RFC 9110, 13.1.2: compared weakly, with any of a list. */
function isSame(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(",").some((each) => ["*", etag].includes(each.trim().replace(/^W\//, "")));
}
