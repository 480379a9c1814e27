import { enterConversation, enterConversationInput, leaveConversation, presenceJson } from "@parley/core/presence";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { dataOf } from "../http/envelopes.ts";
import { idParams } from "./id-params.ts";

const tags = ["Conversations"];

/** Who is there is a person. */
export const presenceRoutes: FastifyPluginAsyncZod = async (app) => {
  app.put(
    "/conversations/:id/presence",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "enterConversation",
        tags,
        summary: "Tell colleagues that you look at a conversation or type, and learn who else does",
        description: "It counts for 15 seconds; repeat it every 5 to 10 for as long as it is so.",
        params: idParams,
        body: enterConversationInput,
        response: { 200: dataOf(z.array(presenceJson)).meta({ description: "Who else is there, longest first." }) },
      },
    },
    async (request) => ({
      data: await enterConversation(request.requestContext(), { ...request.body, id: request.params.id }),
    }),
  );

  app.delete(
    "/conversations/:id/presence",
    {
      config: { access: "signed_in" },
      schema: {
        operationId: "leaveConversation",
        tags,
        summary: "Tell colleagues that you have left a conversation",
        params: idParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      await leaveConversation(request.requestContext(), request.params);
      return reply.code(204).send(undefined);
    },
  );
};
