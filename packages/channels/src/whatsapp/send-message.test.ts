import type { ServerResponse } from "node:http";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Dispatcher } from "undici";
import type { SendRequest } from "../channel.ts";
import { createGraphDispatcher } from "./graph-dispatcher.ts";
import { sendMessage } from "./send-message.ts";
import { MESSAGE_ID, respond, sendRequest, startGraph, type GraphDouble } from "./send.fixture.ts";

const ACCEPTED = {
  messaging_product: "whatsapp",
  contacts: [{ wa_id: "15550001111" }],
  messages: [{ id: "wamid.OUT1" }],
};

let graph: GraphDouble;
let dispatcher: Dispatcher;
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  answer = (response) => respond(response, 200, ACCEPTED);
  graph = await startGraph((response) => answer(response));
  dispatcher = createGraphDispatcher();
});

afterEach(async () => {
  await dispatcher.destroy();
  await graph.close();
});

function send(part: Partial<SendRequest> = {}) {
  return sendMessage(sendRequest(part), {
    apiBaseUrl: graph.baseUrl,
    apiVersion: "v25.0",
    timeoutMs: 5000,
    dispatcher,
  });
}

function graphError(code: unknown, message = "No", details = "Because.") {
  return { error: { message, type: "OAuthException", code, error_data: { details }, fbtrace_id: "A" } };
}

describe("sendMessage", () => {
  it("posts the text and reports the provider's id", async () => {
    expect(await send()).toEqual({ kind: "accepted", externalId: "wamid.OUT1", httpStatus: 200 });
    expect(graph.requests).toMatchObject([
      {
        path: "/v25.0/100200300400/messages",
        headers: { authorization: "Bearer token-of-the-account", "content-type": "application/json" },
        body: {
          messaging_product: "whatsapp",
          recipient_type: "individual",
          to: "+15550001111",
          type: "text",
          text: { body: "Hello", preview_url: false },
          biz_opaque_callback_data: `${MESSAGE_ID}:1`,
        },
      },
    ]);
  });

  it("addresses a BSUID by `recipient`, answers a message, and asks for the preview of a link", async () => {
    await send({
      to: { type: "WHATSAPP_BSUID", value: "US.1" },
      message: { type: "text", text: "See https://example.com" },
      replyToExternalId: "wamid.IN1",
      reference: { messageId: MESSAGE_ID, attempt: 3 },
    });
    const [request] = graph.requests;
    expect(request?.body).not.toHaveProperty("to");
    expect(request?.body).toMatchObject({
      recipient: "US.1",
      context: { message_id: "wamid.IN1" },
      text: { body: "See https://example.com", preview_url: true },
      biz_opaque_callback_data: `${MESSAGE_ID}:3`,
    });
  });

  it.each<[string, Partial<SendRequest>, string, string]>([
    ["a text that is too long", { message: { type: "text", text: "x".repeat(4097) } }, "final", "text_too_long"],
    ["an e-mail address", { to: { type: "EMAIL", value: "one@example.com" } }, "final", "unsupported_recipient"],
    ["a token that is none", { accessToken: "line\nbreak" }, "pause", "invalid_access_token"],
  ])("refuses %s without a call", async (_case, part, kind, code) => {
    expect(await send(part)).toMatchObject({ kind, error: { code, retryable: false } });
    expect(graph.requests).toEqual([]);
  });

  it("sends the longest text there is, counted in characters and not in UTF-16 units", async () => {
    expect(await send({ message: { type: "text", text: "😀".repeat(4096) } })).toMatchObject({ kind: "accepted" });
  });
});

describe("a definite answer of the Graph API", () => {
  it.each([
    [500, 131000, { kind: "retry", maxAttempts: 3 }],
    [503, 2, { kind: "retry" }],
    [400, 130429, { kind: "slow_down", scope: "account", retryAfterMs: 1000 }],
    [429, 130429, { kind: "slow_down", scope: "account", retryAfterMs: 1000 }],
    [400, 131056, { kind: "slow_down", scope: "recipient", retryAfterMs: 16_000 }],
    [401, 190, { kind: "pause" }],
    [400, 131047, { kind: "final" }],
    [500, 999_999, { kind: "final" }],
    [429, 999_999, { kind: "slow_down", scope: "account" }],
    [200, 131026, { kind: "final" }],
  ])("with HTTP %i and code %i is classified by its code", async (httpStatus, code, expected) => {
    answer = (response) => respond(response, httpStatus, graphError(code));
    const retryable = expected.kind === "retry" || expected.kind === "slow_down";
    expect(await send({ reference: { messageId: MESSAGE_ID, attempt: 3 } })).toEqual({
      ...expected,
      httpStatus,
      error: { code: String(code), title: "No", detail: "Because.", retryable },
    });
  });

  it("may say itself how long to wait", async () => {
    answer = (response) => respond(response, 400, graphError(130429), { "retry-after": "7" });
    expect(await send()).toMatchObject({ kind: "slow_down", retryAfterMs: 7000 });
  });

  it("does not carry the access token into what we store", async () => {
    answer = (response) => respond(response, 401, graphError(190, "Malformed access token token-of-the-account"));
    expect(JSON.stringify(await send())).not.toContain("token-of-the-account");
  });
});

describe("an answer without a Graph body", () => {
  it.each([
    [500, "<h1>Oops</h1>", { kind: "unknown" }],
    [502, "", { kind: "unknown" }],
    [504, { error: { message: "no code" } }, { kind: "unknown" }],
    [408, "", { kind: "unknown" }],
    [200, "<h1>Welcome</h1>", { kind: "unknown" }],
    [200, { messages: [] }, { kind: "unknown" }],
    [200, { messages: [{ id: "" }] }, { kind: "unknown" }],
    [200, "", { kind: "unknown" }],
    [302, "", { kind: "final" }],
    [404, "<h1>Nowhere</h1>", { kind: "final" }],
    [400, { messages: [{ id: "wamid.X" }] }, { kind: "final" }],
    [429, "Slow down", { kind: "slow_down", scope: "account", retryAfterMs: 2000 }],
  ])("with HTTP %i is %# judged by the status alone", async (httpStatus, body, expected) => {
    answer = (response) => respond(response, httpStatus, body, { "retry-after": "2" });
    expect(await send()).toMatchObject({ ...expected, httpStatus, error: { code: "unreadable_answer" } });
    expect(graph.requests).toHaveLength(1);
  });
});
