import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { COLOUR_SCHEMA, complete, completeAs, contentOf } from "../testing/model-client.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ appSecret: "secret" });
});
afterEach(() => simulator.stop());

test("a completion has the form of OpenAI's, and counts tokens", async () => {
  expect(await complete(simulator.url)).toMatchObject({
    status: 200,
    body: {
      id: expect.stringMatching(/^chatcmpl-/),
      object: "chat.completion",
      model: "simulated",
      choices: [
        { index: 0, message: { role: "assistant", content: expect.any(String), refusal: null }, finish_reason: "stop" },
      ],
      usage: { prompt_tokens: 2, completion_tokens: 7, total_tokens: 9 },
    },
  });
});

test("an answer fits the schema that was asked for", async () => {
  const reply = await completeAs(simulator.url, COLOUR_SCHEMA);
  expect(JSON.parse(contentOf(reply))).toEqual({ colour: "simulated", count: 0 });
});

test("an answer that is longer than it may be is cut", async () => {
  simulator.models.setScript({ answers: [{ answer: "x".repeat(100) }] });
  expect(await complete(simulator.url, { max_tokens: 10 })).toMatchObject({
    body: {
      choices: [{ message: { content: "x".repeat(40) }, finish_reason: "length" }],
      usage: { completion_tokens: 10 },
    },
  });
});

describe("what OpenAI refuses is refused, with its error object", () => {
  test.each([
    ["no messages", { messages: [] }, { param: "messages" }],
    ["an unknown role", { messages: [{ role: "customer", content: "x" }] }, { param: "messages.0.role" }],
    ["an unknown argument", { colour: "red" }, { message: expect.stringContaining("colour") }],
    ["a temperature beyond 2", { temperature: 3 }, { param: "temperature" }],
    ["streaming, which is not simulated", { stream: true }, { param: "stream" }],
    ["JSON without the word", { response_format: { type: "json_object" } }, { param: "messages" }],
    ["max_tokens, by models that think", { model: "o3", max_tokens: 5 }, { param: "max_tokens" }],
    ["a temperature, by models that think", { model: "gpt-5", temperature: 0 }, { param: "temperature" }],
    [
      "more than the context takes",
      { messages: [{ role: "user", content: "x".repeat(600_000) }] },
      { code: "context_length_exceeded" },
    ],
  ])("%s", async (_what, changes, error) => {
    const reply = await complete(simulator.url, changes);
    expect(reply).toMatchObject({ status: 400, body: { error: { type: "invalid_request_error", ...error } } });
  });

  test.each([
    ["a field that is not required", { ...COLOUR_SCHEMA, required: ["colour"] }, "Missing 'count'"],
    ["further fields allowed", { ...COLOUR_SCHEMA, additionalProperties: true }, "'additionalProperties'"],
    ["a length", { ...COLOUR_SCHEMA, properties: { colour: { type: "string", maxLength: 5 } } }, "'maxLength'"],
    ["no object", { type: "array", items: {} }, 'type: "object"'],
    [
      "the same further in",
      { ...COLOUR_SCHEMA, required: ["a"], properties: { a: { type: "array", items: { type: "object" } } } },
      "('properties', 'a', 'items')",
    ],
  ])("in a strict schema %s", async (_what, schema, message) => {
    expect(await completeAs(simulator.url, schema)).toMatchObject({
      status: 400,
      body: { error: { param: "response_format", message: expect.stringContaining(message) } },
    });
  });

  test("schemas, by servers that know none", async () => {
    expect(await completeAs(simulator.url, COLOUR_SCHEMA, { model: "deepseek-chat" })).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining("response_format") } },
    });
  });

  test("a model that does not exist", async () => {
    expect(await complete(simulator.url, { model: "no-such-model" })).toMatchObject({
      status: 404,
      body: { error: { code: "model_not_found" } },
    });
  });

  test("a body that is no JSON, and a path that is none", async () => {
    expect(await complete(simulator.url, "{")).toMatchObject({
      status: 400,
      body: { error: { type: "invalid_request_error" } },
    });
    expect(await complete(`${simulator.url}/openai/v1/x`)).toMatchObject({
      status: 404,
      body: { error: { code: null } },
    });
  });
});

describe("keys", () => {
  test("none and a wrong one are 401", async () => {
    expect(await complete(simulator.url, {}, null)).toMatchObject({ status: 401, body: { error: { code: null } } });
    expect(await complete(simulator.url, {}, "wrong")).toMatchObject({
      status: 401,
      body: { error: { code: "invalid_api_key" } },
    });
  });

  test("with a key of its own, every other is wrong", async () => {
    const strict = await startSimulator({ appSecret: "secret", modelApiKey: "mine" });
    try {
      expect((await complete(strict.url, {}, "yours")).status).toBe(401);
      expect((await complete(strict.url, {}, "mine")).status).toBe(200);
    } finally {
      await strict.stop();
    }
  });
});
