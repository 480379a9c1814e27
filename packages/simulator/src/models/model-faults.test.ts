import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startSimulator, type Simulator } from "../start-simulator.ts";
import { COLOUR_SCHEMA, complete, completeAs, contentOf } from "../testing/model-client.ts";
import { createModelFaultDraws, parseModelFaults, type ModelFaultsInput } from "./model-faults.ts";

/** Which of the first 200 requests this fault hits. */
function hits(faults: ModelFaultsInput, name: string): number[] {
  const draws = createModelFaultDraws(parseModelFaults(faults));
  return Array.from({ length: 200 }, () => draws.draw().fault).flatMap((fault, index) =>
    fault === name ? [index] : [],
  );
}

describe("the draws", () => {
  test("the same seed gives the same sequence, another seed another", () => {
    expect(hits({ seed: 7, status429: 0.3 }, "status429")).toEqual(hits({ seed: 7, status429: 0.3 }, "status429"));
    expect(hits({ seed: 7, status429: 0.3 }, "status429")).not.toEqual(hits({ seed: 8, status429: 0.3 }, "status429"));
  });

  test("one more fault leaves the sequence of the others alone", () => {
    const alone = hits({ seed: 3, status429: 0.2 }, "status429");
    expect(hits({ seed: 3, status429: 0.2, refusing: 0.5, malformed: 0.5 }, "status429")).toEqual(alone);
  });

  test("a rate is the share of requests that it hits", () => {
    expect(hits({ seed: 1, malformed: 0.25 }, "malformed").length / 200).toBeCloseTo(0.25, 1);
  });

  test("what is not a fault is refused by name", () => {
    expect(() => parseModelFaults({ explode: 1 })).toThrow(/unknown explode \(known: seed, slow/);
    expect(() => parseModelFaults({ status429: 2 })).toThrow(/status429/);
  });
});

describe("faults of an answer", () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ appSecret: "secret", hangMs: 50 });
  });
  afterEach(() => simulator.stop());

  test("status429 says when to come back", async () => {
    simulator.models.setFaults({ status429: 1, retryAfterSeconds: 7 });
    expect(await complete(simulator.url)).toMatchObject({
      status: 429,
      headers: { "retry-after": "7" },
      body: { error: { code: "rate_limit_exceeded" } },
    });
  });

  test("status500 is the server's error", async () => {
    simulator.models.setFaults({ status500: 1 });
    expect(await complete(simulator.url)).toMatchObject({ status: 500, body: { error: { type: "server_error" } } });
  });

  test("hang lets the connection die", async () => {
    simulator.models.setFaults({ hang: 1 });
    await expect(complete(simulator.url)).rejects.toThrow(/closed|ECONNRESET/);
    expect(simulator.models.ledger.calls).toMatchObject([{ fault: "hang", status: null, text: null }]);
  });

  test("brokenBody is no JSON, malformed says what is none, and fenced puts it in a fence", async () => {
    simulator.models.setFaults({ brokenBody: 1 });
    expect(await complete(simulator.url)).toMatchObject({ status: 200, body: undefined });

    simulator.models.setFaults({ malformed: 1 });
    const cut = contentOf(await completeAs(simulator.url, COLOUR_SCHEMA));
    expect(() => JSON.parse(cut) as unknown).toThrow(SyntaxError);

    simulator.models.setFaults({ fenced: 1 });
    expect(contentOf(await completeAs(simulator.url, COLOUR_SCHEMA))).toMatch(/^```json\n\{.*\}\n```$/);
  });

  test("overLong is cut where it may be no longer", async () => {
    simulator.models.setFaults({ overLong: 1 });
    expect(await complete(simulator.url, { max_tokens: 50 })).toMatchObject({
      body: { choices: [{ finish_reason: "length" }], usage: { completion_tokens: 50 } },
    });
  });

  test("refusing is told apart from an answer", async () => {
    simulator.models.setFaults({ refusing: 1 });
    expect(await complete(simulator.url)).toMatchObject({
      body: { choices: [{ message: { content: null, refusal: expect.any(String) } }] },
    });
  });

  test("slow answers come later, and come", async () => {
    simulator.models.setFaults({ slow: 1, slowMs: 80 });
    const startedAt = performance.now();
    expect(await complete(simulator.url)).toMatchObject({ status: 200 });
    expect(performance.now() - startedAt).toBeGreaterThan(75);
  });

  test("faults that happened are counted", async () => {
    simulator.models.setFaults({ fenced: 1 });
    await complete(simulator.url);
    await complete(simulator.url);
    expect(simulator.models.ledger.faults).toEqual(new Map([["fenced", 2]]));
  });
});
