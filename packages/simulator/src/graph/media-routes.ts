import type { FastifyInstance } from "fastify";
import type { World } from "../world.ts";
import { tokenRefusal } from "./authorise.ts";
import { graphError } from "./graph-error.ts";
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
      url: `http://${request.headers.host ?? request.hostname}${world.media.temporaryPath(media.id)}`,
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
    return reply.type(media.mimeType).send(media.bytes);
  });
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
