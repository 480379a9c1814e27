import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { World } from "../world.ts";
import { tokenRefusal } from "./authorise.ts";
import { graphError } from "./graph-error.ts";
import type { StoredMedia } from "./media-store.ts";
import { answerWith } from "./message-routes.ts";

const MAX_UPLOAD_BYTES = 100 * 1024 * 1024;

/** Upload, metadata and download of files. */
export function registerMediaRoutes(app: FastifyInstance, world: World): void {
  app.addContentTypeParser("multipart/form-data", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  app.post<{ Params: { phoneNumberId: string } }>(
    "/:version/:phoneNumberId/media",
    { bodyLimit: MAX_UPLOAD_BYTES },
    async (request, reply) => {
      const refusal = tokenRefusal(request, world.accounts.get(request.params.phoneNumberId));
      if (refusal) return answerWith(reply, graphError(refusal));
      const file = await readUploadedFile(request.headers["content-type"] ?? "", request.body);
      if (!file) {
        return answerWith(
          reply,
          graphError({ code: 100, details: "Send multipart/form-data with a part named file." }),
        );
      }
      return answerWith(reply, { status: 200, body: { id: world.media.add(file.mimeType, file.bytes).id } });
    },
  );

  app.get<{ Params: { mediaId: string } }>("/:version/:mediaId", (request, reply) => {
    const refusal = tokenRefusal(request);
    if (refusal) return answerWith(reply, graphError(refusal));
    const media = world.media.get(request.params.mediaId);
    if (!media) return answerWith(reply, graphError({ code: 100, details: "No object with this id exists." }));
    const body = {
      messaging_product: "whatsapp",
      url: `http://${request.headers.host ?? request.hostname}${temporaryPath(world, media.id)}`,
      mime_type: media.mimeType,
      sha256: media.sha256,
      file_size: media.bytes.length,
      id: media.id,
    };
    return answerWith(reply, { status: 200, body });
  });

  app.get<{ Params: { ticket: string } }>("/_sim/media/:ticket", (request, reply) => {
    const refusal = tokenRefusal(request);
    if (refusal) return answerWith(reply, graphError(refusal));
    const media = world.media.open(request.params.ticket);
    if (!media) return reply.code(404).send();
    return sendFile(reply, world, media);
  });
}

function temporaryPath(world: World, mediaId: string): string {
  return world.media.temporaryPath(mediaId, (isFirst) => {
    const isGone = isFirst && world.faults.drawFirstUrl().isGone;
    if (isGone) world.ledger.countFault("mediaUrlExpired");
    return isGone;
  });
}

/** As the faults say: whole, other bytes, or half of it behind a promise of all. */
async function sendFile(reply: FastifyReply, world: World, { mimeType, bytes }: StoredMedia): Promise<FastifyReply> {
  const fate = world.faults.drawDownload();
  if (fate !== "honest") world.ledger.countFault(fate);
  if (fate === "mediaStatus500") return reply.code(500).send();
  const middle = Math.floor(bytes.length / 2);
  const sent = fate === "mediaWrongBytes" ? flipped(bytes) : bytes;
  const { mediaSlowMs } = world.faults.current;
  const pieces = async function* (): AsyncGenerator<Buffer> {
    yield sent.subarray(0, middle);
    if (fate === "mediaTruncated") throw new Error("the fault mediaTruncated ends the connection here");
    if (mediaSlowMs > 0) await sleep(mediaSlowMs);
    yield sent.subarray(middle);
  };
  return reply.type(mimeType).header("content-length", bytes.length).send(Readable.from(pieces()));
}

function flipped(bytes: Buffer): Buffer {
  return bytes.map((byte) => byte ^ 0xff) as Buffer;
}

async function readUploadedFile(
  contentType: string,
  body: unknown,
): Promise<{ mimeType: string; bytes: Buffer } | undefined> {
  if (!Buffer.isBuffer(body)) return undefined;
  try {
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
    const file = form.get("file");
    const type = form.get("type");
    if (!(file instanceof File)) return undefined;
    return { mimeType: typeof type === "string" ? type : file.type, bytes: Buffer.from(await file.arrayBuffer()) };
  } catch {
    // Not multipart after all: the caller is told what to send.
    return undefined;
  }
}
