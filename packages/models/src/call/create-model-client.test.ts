import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { createCircuits } from "../circuit.ts";
import { ModelError } from "../model-error.ts";
import type { GenerateRequest, ModelClient } from "../model-client.ts";
import { startModelLab, type ModelLab } from "../models.fixture.ts";
import type { ModelClientOptions } from "./create-model-client.ts";

const REQUEST: GenerateRequest<{ colour: string; count: number }> = {
  system: "Name a colour.",
  prompt: "Any.",
  name: "colour",
  schema: z.object({ colour: z.string().min(3).max(20), count: z.int().min(1) }),
};
const RED = { colour: "red", count: 1 };

let lab: ModelLab;
beforeEach(async () => {
  lab = await startModelLab();
});
afterEach(() => lab.close());

async function failureOf(client: ModelClient, changes: Partial<typeof REQUEST> = {}): Promise<ModelError> {
  const outcome: unknown = await client.generate({ ...REQUEST, ...changes }).catch((error: unknown) => error);
  if (!(outcome instanceof ModelError))
    throw new Error("the model answered, or something else failed", { cause: outcome });
  return outcome;
}

/** What the simulator saw, request for request. */
function bodies(): Record<string, unknown>[] {
  return lab.simulator.models.ledger.calls.map(({ body }) => body as Record<string, unknown>);
}

describe.each(["openai_compatible", "google"] as const)("over the wire format of %s", (provider) => {
  const client = (): ModelClient => lab.client({ provider });

  test("a question is answered as the schema wants it, with the tokens that it took", async () => {
    lab.simulator.models.setScript({ answers: [{ answer: RED }] });
    const generated = await client().generate(REQUEST);
    const [call] = lab.simulator.models.ledger.calls;
    expect(generated).toEqual({ value: RED, usage: call?.usage, attempts: 1, uncounted: 0, latencyMs: 0 });
    expect(generated.usage.inputTokens).toBeGreaterThan(0);
    expect(generated.usage.outputTokens).toBeGreaterThan(0);
  });

  test("JSON in a markdown fence is JSON", async () => {
    lab.simulator.models.setScript({ answers: [{ answer: RED, fault: "fenced" }] });
    expect(await client().generate(REQUEST)).toMatchObject({ value: RED, attempts: 1 });
  });

  test("an answer that is not what was asked for is asked for once more, and both are counted", async () => {
    lab.simulator.models.setScript({ answers: [{ answer: { colour: "x", count: 0 }, times: 1 }, { answer: RED }] });
    const { value, usage, attempts } = await client().generate(REQUEST);
    expect(value).toEqual(RED);
    expect(attempts).toBe(2);
    const [first, second] = lab.simulator.models.ledger.calls;
    expect(usage).toEqual({
      inputTokens: (first?.usage?.inputTokens ?? 0) + (second?.usage?.inputTokens ?? 0),
      outputTokens: (first?.usage?.outputTokens ?? 0) + (second?.usage?.outputTokens ?? 0),
    });
    expect(JSON.stringify(second?.body)).toMatch(/This answer cannot be used\. colour: .+ count: /);
    expect(lab.pauses).toEqual([]);
  });

  test("a second answer that is none either is malformed, with the tokens of both", async () => {
    lab.simulator.models.setScript({ answers: [{ answer: RED, fault: "malformed" }] });
    const error = await failureOf(client());
    expect(error).toMatchObject({ kind: "malformed", retryable: false, attempts: 2 });
    expect(error.usage.outputTokens).toBe(
      lab.simulator.models.ledger.calls.reduce((sum, { usage }) => sum + (usage?.outputTokens ?? 0), 0),
    );
    expect(error.usage.outputTokens).toBeGreaterThan(0);
  });

  test("a check has the same right to a second answer as the schema", async () => {
    lab.simulator.models.setScript({ answers: [{ answer: RED, times: 1 }, { answer: { colour: "blue", count: 2 } }] });
    const check = ({ colour }: typeof RED) => (colour === "red" ? "Not red." : undefined);
    expect(await client().generate({ ...REQUEST, check })).toMatchObject({ value: { colour: "blue" }, attempts: 2 });
  });

  test.each([
    ["refusing", "refused"],
    ["overLong", "too_long"],
  ] as const)("%s is %s, not asked again, and its tokens are counted", async (fault, kind) => {
    lab.simulator.models.setScript({ answers: [{ answer: RED, fault }] });
    const error = await failureOf(client());
    expect(error).toMatchObject({ kind, retryable: false, attempts: 1 });
    expect(error.usage.inputTokens).toBeGreaterThan(0);
  });

  test("a question that is longer than the model takes is too long", async () => {
    const error = await failureOf(client(), { prompt: "word ".repeat(120_000) });
    expect(error).toMatchObject({ kind: "too_long", retryable: false, attempts: 1 });
  });

  test("a wrong key is unauthorized and not asked again", async () => {
    const error = await failureOf(lab.client({ provider, apiKey: "wrong" }));
    expect(error).toMatchObject({ kind: "unauthorized", retryable: false, attempts: 1 });
    expect(error.message).toContain("check key and model");
  });

  test("a model that does not exist is a bad request", async () => {
    const error = await failureOf(lab.client({ provider, model: "no-such-model" }));
    expect(error).toMatchObject({ kind: "bad_request", retryable: false, attempts: 1 });
  });

  test("a throttled question waits as long as the provider wants, and is then answered", async () => {
    lab.simulator.models.setFaults({ retryAfterSeconds: 7 });
    lab.simulator.models.setScript({ answers: [{ fault: "status429", times: 1 }, { answer: RED }] });
    expect(await client().generate(REQUEST)).toMatchObject({ value: RED, attempts: 2, latencyMs: 7_000 });
    expect(lab.pauses).toEqual([7_000]);
  });

  test("who is to come back after the deadline is told so at once", async () => {
    lab.simulator.models.setFaults({ status429: 1, retryAfterSeconds: 30 });
    const error = await failureOf(client(), { timeoutMs: 20_000 });
    expect(error).toMatchObject({ kind: "rate_limited", retryable: true, retryAfterMs: 30_000, attempts: 1 });
    expect(lab.pauses).toEqual([]);
  });

  test("a provider that is out of order is asked three times, with growing pauses", async () => {
    lab.simulator.models.setFaults({ status500: 1 });
    expect(await failureOf(client())).toMatchObject({ kind: "unavailable", retryable: true, attempts: 3 });
    expect(lab.pauses).toEqual([500, 1_000]);
    expect(lab.simulator.models.ledger.calls).toHaveLength(3);
  });

  test("a provider that does not answer times out", async () => {
    lab.simulator.models.setFaults({ hang: 1 });
    const error = await failureOf(lab.client({ provider }, { retries: 0 }), { timeoutMs: 60 });
    expect(error).toMatchObject({ kind: "timeout", retryable: true, attempts: 1, uncounted: 1 });
  });

  test("a body that is cut is asked for once more, and nobody knows what it took", async () => {
    lab.simulator.models.setScript({ answers: [{ answer: RED, fault: "brokenBody", times: 1 }, { answer: RED }] });
    expect(await client().generate(REQUEST)).toMatchObject({ value: RED, attempts: 2, uncounted: 1 });
  });

  test.each([{ status429: 1 }, { status500: 1 }])("what is refused by its status (%j) took nothing", async (faults) => {
    lab.simulator.models.setFaults(faults);
    expect(await failureOf(client())).toMatchObject({ uncounted: 0, usage: { inputTokens: 0, outputTokens: 0 } });
  });

  test.each(["r\u0000d", "\ud83c red"])(
    "an answer that no database could store (%j) cannot be used",
    async (colour) => {
      lab.simulator.models.setScript({ answers: [{ answer: { colour, count: 1 }, times: 1 }, { answer: RED }] });
      expect(await client().generate(REQUEST)).toMatchObject({ value: RED, attempts: 2 });
    },
  );

  test("the settings' limit holds, whatever a call wants", async () => {
    lab.simulator.models.setScript({ answers: [{ answer: { colour: "a very long colour", count: 1 } }] });
    const error = await failureOf(lab.client({ provider, maxOutputTokens: 5 }), { maxOutputTokens: 1_000 });
    expect(error).toMatchObject({ kind: "too_long" });
  });
});

test("of a server that counts no tokens each byte is taken for one", async () => {
  const content = JSON.stringify({ colour: "rêd", count: 1 });
  let sent = "";
  const fetch: ModelClientOptions["fetch"] = async (_url, init) => {
    sent = typeof init?.body === "string" ? init.body : "";
    const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
    return Response.json({ id: "1", object: "chat.completion", created: 1, model: "simulated", choices });
  };
  const { usage, uncounted } = await lab.client({}, { fetch }).generate(REQUEST);
  expect(usage.outputTokens).toBe(Buffer.byteLength(content));
  expect(usage.inputTokens).toBeGreaterThan(Buffer.byteLength(REQUEST.system + REQUEST.prompt));
  expect(usage.inputTokens).toBeLessThan(Buffer.byteLength(sent));
  expect(uncounted).toBe(0);
});

test("limits of fields are not on the wire, where strict servers refuse them, and are checked all the same", async () => {
  lab.simulator.models.setScript({ answers: [{ answer: { colour: "much too long to be a colour", count: 1 } }] });
  expect(await failureOf(lab.client())).toMatchObject({ kind: "malformed" });
  expect(bodies()[0]).toMatchObject({
    response_format: {
      type: "json_schema",
      json_schema: {
        name: "colour",
        strict: true,
        schema: {
          type: "object",
          properties: { colour: { type: "string" }, count: { type: "integer" } },
          required: ["colour", "count"],
          additionalProperties: false,
        },
      },
    },
  });
  expect(JSON.stringify(bodies()[0])).not.toMatch(/maxLength|minLength|minimum/);
});

describe("a server that does not understand everything", () => {
  test("is asked without schema, with the schema in words, from the next question on at once", async () => {
    lab.simulator.models.setScript({ answers: [{ answer: RED }] });
    const client = lab.client({ model: "deepseek-like" });
    expect(await client.generate(REQUEST)).toMatchObject({ value: RED, attempts: 2 });
    expect(await client.generate(REQUEST)).toMatchObject({ value: RED, attempts: 1 });
    expect(bodies()[1]).toMatchObject({ response_format: { type: "json_object" } });
    expect(JSON.stringify(bodies()[1])).toContain("JSON Schema: ");
  });

  test("is given max_completion_tokens and no temperature, if it wants that", async () => {
    lab.simulator.models.setScript({ answers: [{ answer: RED }] });
    const client = lab.client({ model: "gpt-5-like" });
    expect(await client.generate(REQUEST)).toMatchObject({ value: RED, attempts: 3 });
    expect(await client.generate(REQUEST)).toMatchObject({ attempts: 1 });
    expect(bodies()[3]).toMatchObject({ max_completion_tokens: 2_000, response_format: { type: "json_schema" } });
    expect(bodies()[3]).not.toHaveProperty("temperature");
    expect(bodies()[3]).not.toHaveProperty("max_tokens");
  });
});

describe("the circuit", () => {
  test("opens after five failures in a row, says so at once, and closes after a trial that succeeds", async () => {
    lab.simulator.models.setFaults({ status500: 1 });
    const circuit = createCircuits({ clock: lab.clock, failures: 5, pauseMs: 30_000 }).of("one");
    const client = lab.client({}, { circuit });
    expect(await failureOf(client)).toMatchObject({ kind: "unavailable", attempts: 3 });
    expect(await failureOf(client)).toMatchObject({ kind: "circuit_open", retryable: true, attempts: 2 });
    expect(await failureOf(client)).toMatchObject({ kind: "circuit_open", attempts: 0, usage: { inputTokens: 0 } });
    expect(lab.simulator.models.ledger.calls).toHaveLength(5);

    lab.clock.advance(30_000);
    lab.simulator.models.setFaults({});
    lab.simulator.models.setScript({ answers: [{ answer: RED }] });
    expect(await client.generate(REQUEST)).toMatchObject({ value: RED });
    expect(await client.generate(REQUEST)).toMatchObject({ value: RED });
  });

  test("does not count what proves that the provider answers", async () => {
    const circuit = createCircuits({ clock: lab.clock, failures: 1 }).of("one");
    for (const changes of [{ apiKey: "wrong" }, { model: "no-such-model" }]) {
      await failureOf(lab.client(changes, { circuit }));
    }
    lab.simulator.models.setFaults({ refusing: 1 });
    await failureOf(lab.client({}, { circuit }));
    expect(circuit.admits()).toBe(true);
  });
});

test.each([
  ["http://10.0.0.1/v1", "bad_request", "private or reserved network"],
  ["file:///etc/passwd", "bad_request", "https://"],
])("a base URL that is not to be called (%s) is a %s that says why", async (baseUrl, kind, why) => {
  expect(await failureOf(lab.client({ baseUrl }))).toMatchObject({
    kind,
    retryable: false,
    message: expect.stringContaining(why),
  });
});

test("an error says nothing of question, answer and key", async () => {
  lab.simulator.models.setScript({ answers: [{ answer: "canary-answer" }] });
  const errors = [
    await failureOf(lab.client(), { prompt: "canary-prompt" }),
    await failureOf(lab.client({ apiKey: "wrong", model: "canary-model" }), { prompt: "canary-prompt" }),
  ];
  for (const error of errors) {
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/canary|wrong/);
  }
});
