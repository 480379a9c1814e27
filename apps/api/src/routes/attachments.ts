import { openAttachment, refetchAttachment } from "@parley/core/media";
import { attachmentJson } from "@parley/core/messages";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf } from "../http/envelopes.ts";
import { FILE_TIMEOUT_MS, fileResponses, sendFile } from "../http/files.ts";

const tags = ["Messages"];

const attachmentParams = z.object({ id: z.uuid(), attachmentId: z.uuid() });

export const attachmentRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    "/messages/:id/attachments/:attachmentId",
    {
      config: { access: "messages.read", file: true },
      handlerTimeout: FILE_TIMEOUT_MS,
      schema: {
        operationId: "fetchAttachment",
        tags,
        summary: "The file of an attachment",
        description:
          "Images, sound and video come under their own type, to be shown; a PDF to be saved; anything else as bytes, " +
          "whatever its sender called it.",
        params: attachmentParams,
        refusals: {
          not_ready: "This file has not been fetched from its channel yet; ask again later.",
          gone: "This file could not be fetched from its channel: expired.",
          range_not_satisfiable: "This file has 48213 bytes; ask for some of those.",
        },
        response: fileResponses,
      },
    },
    async (request, reply) => {
      const { id: messageId, attachmentId } = request.params;
      return sendFile(request, reply, await openAttachment(request.requestContext(), { messageId, attachmentId }));
    },
  );

  app.post(
    "/messages/:id/attachments/:attachmentId/fetch",
    {
      config: { access: "messages.send" },
      schema: {
        operationId: "refetchAttachment",
        tags,
        summary: "Try once more to fetch a file that could not be fetched",
        description: "Within the seven days for which the channel keeps it.",
        params: attachmentParams,
        refusals: { conflict: "The channel keeps files for seven days, which are over." },
        response: { 200: dataOf(attachmentJson) },
      },
    },
    async (request) => {
      const { id: messageId, attachmentId } = request.params;
      return { data: await refetchAttachment(request.requestContext(), { messageId, attachmentId }) };
    },
  );
};
