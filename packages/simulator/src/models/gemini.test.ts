import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { COLOUR_SCHEMA, generateContent } from "../testing/model-client.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ appSecret: "secret" });
});
afterEach(() => simulator.stop());

const JSON_CONFIG = { responseMimeType: "application/json", responseJsonSchema: COLOUR_SCHEMA };

test("content is generated in the form of Google's, and tokens are counted", async () => {
  expect(await generateContent(simulator.url, { generationConfig: JSON_CONFIG })).toMatchObject({
    status: 200,
    body: {
      candidates: [
        { content: { role: "model", parts: [{ text: '{"colour":"simulated","count":0}' }] }, finishReason: "STOP" },
      ],
      usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 8, totalTokenCount: 10 },
      modelVersion: "simulated",
    },
  });
});

test("an answer that is longer than it may be is cut", async () => {
  simulator.models.setScript({ answers: [{ answer: "x".repeat(100) }] });
  expect(await generateContent(simulator.url, { generationConfig: { maxOutputTokens: 10 } })).toMatchObject({
    body: { candidates: [{ content: { parts: [{ text: "x".repeat(40) }] }, finishReason: "MAX_TOKENS" }] },
  });
});

test("what the filter refuses has no candidate", async () => {
  simulator.models.setFaults({ refusing: 1 });
  const { status, body } = await generateContent(simulator.url);
  expect(status).toBe(200);
  expect(body).toMatchObject({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" } });
  expect(body).not.toHaveProperty("candidates");
});

test("a throttled request is told in its details when to come back", async () => {
  simulator.models.setFaults({ status429: 1, retryAfterSeconds: 9 });
  expect(await generateContent(simulator.url)).toMatchObject({
    status: 429,
    body: {
      error: {
        status: "RESOURCE_EXHAUSTED",
        details: expect.arrayContaining([expect.objectContaining({ retryDelay: "9s" })]),
      },
    },
  });
});

describe("what Google refuses is refused, with its error object", () => {
  test.each([
    ["nothing to answer", { contents: [] }, 400, "INVALID_ARGUMENT"],
    ["OpenAI's role", { contents: [{ role: "assistant", parts: [{ text: "x" }] }] }, 400, "INVALID_ARGUMENT"],
    ["an unknown field", { colour: "red" }, 400, "INVALID_ARGUMENT"],
    ["a schema without JSON", { generationConfig: { responseJsonSchema: COLOUR_SCHEMA } }, 400, "INVALID_ARGUMENT"],
    [
      "more than the context takes",
      { contents: [{ parts: [{ text: "x".repeat(600_000) }] }] },
      400,
      "INVALID_ARGUMENT",
    ],
  ])("%s", async (_what, changes, status, name) => {
    expect(await generateContent(simulator.url, changes)).toMatchObject({
      status,
      body: { error: { code: status, status: name, message: expect.any(String) } },
    });
  });

  test.each(["no-such-model:generateContent", "simulated:streamGenerateContent", "simulated"])("%s", async (call) => {
    expect(await generateContent(simulator.url, {}, { call })).toMatchObject({
      status: 404,
      body: { error: { status: "NOT_FOUND" } },
    });
  });

  test("no key, and a wrong one", async () => {
    expect(await generateContent(simulator.url, {}, { key: null })).toMatchObject({
      status: 403,
      body: { error: { status: "PERMISSION_DENIED" } },
    });
    expect(await generateContent(simulator.url, {}, { key: "wrong" })).toMatchObject({
      status: 400,
      body: { error: { details: [expect.objectContaining({ reason: "API_KEY_INVALID" })] } },
    });
  });
});
