import type { FastifyInstance, FastifyReply } from "fastify";
import type { World } from "../world.ts";
import { tokenRefusal } from "./authorise.ts";
import { graphError, type GraphAnswer } from "./graph-error.ts";
import { sendMessage } from "./send-message.ts";
import { checkReadReceipt, isReadReceipt } from "./send-request.ts";

/** `POST /{version}/{phone_number_id}/messages`: sends, read receipts and the typing indicator. */
export function registerMessageRoutes(app: FastifyInstance, world: World): void {
  app.post<{ Params: { phoneNumberId: string } }>("/:version/:phoneNumberId/messages", (request, reply) => {
    const account = world.accounts.get(request.params.phoneNumberId);
    const unauthorised = tokenRefusal(request, account);
    if (unauthorised) {
      world.ledger.countRefused(unauthorised.code);
      return answerWith(reply, graphError(unauthorised));
    }
    if (isReadReceipt(request.body)) {
      const refusal = checkReadReceipt(request.body);
      return answerWith(reply, refusal ? graphError(refusal) : { status: 200, body: { success: true } });
    }

    const outcome = sendMessage(world, account, request.body);
    if (!outcome.answer) {
      // From here on the socket is ours, and Fastify expects no answer.
      reply.hijack();
      world.heldSockets.hold(request.raw.socket);
      return reply;
    }
    const { answer, after } = outcome;
    if (!after) return answerWith(reply, answer);
    void after.then(() => answerWith(reply, answer));
    return reply;
  });
}

export function answerWith(reply: FastifyReply, answer: GraphAnswer): FastifyReply {
  reply.code(answer.status);
  return answer.body ? reply.send(answer.body) : reply.send();
}
