import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { answerModelRequest } from "./answer-model-request.ts";
import { geminiError, geminiResponse } from "./gemini-answer.ts";
import { readGeminiRequest } from "./gemini-request.ts";
import type { ModelCallRecord } from "./model-ledger.ts";
import type { ModelAnswer, ModelProvider, ModelRefusal, ModelRequest } from "./model-request.ts";
import type { ModelWorld } from "./model-world.ts";
import { openAiCompletion, openAiError } from "./openai-answer.ts";
import { readOpenAiRequest } from "./openai-request.ts";

const BEARER = /^Bearer (?<key>\S+)$/i;
const WRONG_KEY = "wrong";
const GENERATE = ":generateContent";

/** How one provider speaks. */
interface Wire {
  provider: ModelProvider;
  keyRefusal(request: FastifyRequest): ModelRefusal | undefined;
  read(request: FastifyRequest): ModelRequest | ModelRefusal;
  answer(request: ModelRequest, answer: ModelAnswer, call: { id: string; at: number }): object;
  error(refusal: ModelRefusal, retryAfterSeconds?: number): object;
}

/** `POST /openai/v1/chat/completions` and `POST /gemini/v1beta/models/{model}:generateContent`, without streaming. */
export function registerModelRoutes(app: FastifyInstance, models: ModelWorld): void {
  const isRight = (key: string): boolean => (models.apiKey === undefined ? key !== WRONG_KEY : key === models.apiKey);
  const openAi = openAiWire(isRight);
  const gemini = geminiWire(isRight);
  app.post("/openai/v1/chat/completions", (request, reply) => serve(models, openAi, request, reply));
  app.post("/gemini/v1beta/models/:call", (request, reply) => serve(models, gemini, request, reply));
}

/** The provider's error for what Fastify itself refuses under its path; undefined for other paths. */
export function modelErrorFor(url: string, refusal: ModelRefusal): object | undefined {
  if (url.startsWith("/openai/")) return openAiError(refusal);
  return url.startsWith("/gemini/") ? geminiError(refusal) : undefined;
}

function serve(models: ModelWorld, wire: Wire, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const at = models.now();
  const call = models.ledger.recordCall({ at, provider: wire.provider, body: request.body });
  const asked = wire.keyRefusal(request) ?? wire.read(request);
  if ("status" in asked) {
    call.status = asked.status;
    models.ledger.countRefused(asked.status);
    return reply.code(asked.status).send(wire.error(asked));
  }

  const { fault, delayMs, answer } = answerModelRequest(models, asked);
  Object.assign(call, {
    model: asked.model,
    fault: fault ?? null,
    text: answer?.text ?? null,
    usage: answer?.usage ?? null,
  });
  if (fault === "hang") {
    // From here on the socket is ours, and Fastify expects no answer.
    reply.hijack();
    models.heldSockets.hold(request.raw.socket);
    return reply;
  }
  const send = (): void => {
    const { status, body } = answer
      ? { status: 200, body: wire.answer(asked, answer, { id: String(models.ledger.calls.length), at }) }
      : failure(models, wire, reply, fault);
    call.status = status;
    sendBody(reply.code(status), body, fault);
  };
  if (delayMs === 0) send();
  else models.timers.after(delayMs, send);
  return reply;
}

function failure(models: ModelWorld, wire: Wire, reply: FastifyReply, fault: ModelCallRecord["fault"] | undefined) {
  if (fault === "status429") {
    const seconds = models.faults.current.retryAfterSeconds;
    if (wire.provider === "openai") reply.header("retry-after", String(seconds));
    const refusal = { status: 429, message: "Rate limit reached (simulated).", code: "rate_limit_exceeded" };
    return { status: 429, body: wire.error(refusal, seconds) };
  }
  return { status: 500, body: wire.error({ status: 500, message: "The server had an error (simulated)." }) };
}

function sendBody(reply: FastifyReply, body: object, fault: ModelCallRecord["fault"] | undefined): void {
  const text = JSON.stringify(body);
  void reply.type("application/json").send(fault === "brokenBody" ? text.slice(0, Math.floor(text.length / 2)) : text);
}

function openAiWire(isRight: (key: string) => boolean): Wire {
  return {
    provider: "openai",
    keyRefusal(request) {
      const key = BEARER.exec(request.headers.authorization ?? "")?.groups?.["key"];
      if (key === undefined) return { status: 401, message: "You didn't provide an API key." };
      return isRight(key)
        ? undefined
        : { status: 401, message: "Incorrect API key provided.", code: "invalid_api_key" };
    },
    read: (request) => readOpenAiRequest(request.body),
    answer: (request, answer, { id, at }) => openAiCompletion(request, answer, id, at),
    error: openAiError,
  };
}

function geminiWire(isRight: (key: string) => boolean): Wire {
  return {
    provider: "gemini",
    keyRefusal(request) {
      const key = request.headers["x-goog-api-key"] ?? (request.query as { key?: string }).key;
      if (typeof key !== "string") {
        return { status: 403, message: "Method doesn't allow unregistered callers." };
      }
      if (isRight(key)) return undefined;
      return { status: 400, message: "API key not valid. Please pass a valid API key.", code: "API_KEY_INVALID" };
    },
    read(request) {
      const { call } = request.params as { call: string };
      if (!call.endsWith(GENERATE)) return { status: 404, message: `Only ${GENERATE} is simulated.` };
      return readGeminiRequest(call.slice(0, -GENERATE.length), request.body);
    },
    answer: (request, answer, { id }) => geminiResponse(request, answer, id),
    error: geminiError,
  };
}
