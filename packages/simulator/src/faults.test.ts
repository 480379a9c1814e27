import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createFaultDraws } from "./fault-draws.ts";
import { parseFaults, type FaultsInput } from "./faults.ts";
import { startSimulator, type Simulator } from "./start-simulator.ts";
import { sendText, type GraphReply } from "./testing/graph-client.ts";

const CUT_OFF = /closed|ECONNRESET/;
const NO_LIMITS = { throughputPerSecond: false, pair: false } as const;

/** The answers that the first 200 sends get. */
function fates(faults: FaultsInput): string[] {
  const draws = createFaultDraws(parseFaults(faults));
  return Array.from({ length: 200 }, () => draws.drawSend().answer);
}

/** Which of them are throttled. */
function throttledSends(faults: FaultsInput): number[] {
  return fates(faults).flatMap((answer, index) => (answer === "status429" ? [index] : []));
}

describe("the draws", () => {
  test("the same seed gives the same sequence, another seed another", () => {
    expect(fates({ seed: 7, status429: 0.3 })).toEqual(fates({ seed: 7, status429: 0.3 }));
    expect(fates({ seed: 7, status429: 0.3 })).not.toEqual(fates({ seed: 8, status429: 0.3 }));
  });

  test("one more fault leaves the sequence of the others alone", () => {
    expect(throttledSends({ seed: 3, status429: 0.2, timeoutAfterAccept: 0.5 })).toEqual(
      throttledSends({ seed: 3, status429: 0.2 }),
    );
  });

  test("a rate is the share of sends that it hits", () => {
    const draws = createFaultDraws(parseFaults({ seed: 1, status500: 0.25 }));
    const hit = Array.from({ length: 4_000 }, () => draws.drawSend().answer).filter((answer) => answer !== "honest");
    expect(hit.length / 4_000).toBeCloseTo(0.25, 1);
  });

  test("what is not a fault is refused by name", () => {
    expect(() => parseFaults({ explode: 1 })).toThrow(/unknown explode \(known: seed, duplicate/);
    expect(() => parseFaults({ status429: 2 })).toThrow(/status429/);
  });
});

describe("faults of a send", () => {
  let simulator: Simulator;

  beforeEach(async () => {
    simulator = await startSimulator({ appSecret: "secret", limits: NO_LIMITS, hangMs: 50 });
  });
  afterEach(() => simulator.stop());

  test("status429 throttles with HTTP 429 and accepts nothing", async () => {
    simulator.setFaults({ status429: 1 });
    expect(await sendText(simulator.url)).toMatchObject({ status: 429, body: { error: { code: 130429 } } });
    expect(simulator.ledger.accepted).toHaveLength(0);
    expect(simulator.ledger.refused.get(130429)).toBe(1);
  });

  test("status500 comes with a body, or without one and then sometimes after acceptance", async () => {
    simulator.setFaults({ seed: 5, status500: 1 });
    const replies: { reply: GraphReply; accepted: boolean }[] = [];
    for (let index = 0; index < 60; index += 1) {
      const reply = await sendText(simulator.url, { biz_opaque_callback_data: `m${index}` });
      replies.push({ reply, accepted: simulator.ledger.acceptedByOpaque(`m${index}`).length === 1 });
    }
    expect(replies.every(({ reply }) => reply.status === 500)).toBe(true);
    const kinds = replies.map(({ reply, accepted }) => `${reply.body ? "body" : "bare"}, ${accepted}`);
    expect(new Set(kinds)).toEqual(new Set(["body, false", "bare, false", "bare, true"]));
    expect(simulator.ledger.faults.get("status500Accepted")).toBe(simulator.ledger.accepted.length);
  });

  test("timeoutAfterAccept accepts and then lets the connection die", async () => {
    simulator.setFaults({ timeoutAfterAccept: 1 });
    await expect(sendText(simulator.url, { biz_opaque_callback_data: "m1" })).rejects.toThrow(CUT_OFF);
    expect(simulator.ledger.acceptedByOpaque("m1")).toHaveLength(1);
  });

  test("timeoutBeforeAccept accepts nothing and lets the connection die", async () => {
    simulator.setFaults({ timeoutBeforeAccept: 1 });
    await expect(sendText(simulator.url)).rejects.toThrow(CUT_OFF);
    expect(simulator.ledger.accepted).toHaveLength(0);
  });

  test("a recipient can be made to fail with any code", async () => {
    simulator.setFaults({ failRecipients: { "+33600000001": 131026 } });
    expect(await sendText(simulator.url)).toMatchObject({ status: 400, body: { error: { code: 131026 } } });
    expect(await sendText(simulator.url, { to: "+33600000002" })).toMatchObject({ status: 200 });
  });

  test("stopping ends the sends that hang", async () => {
    const patient = await startSimulator({ appSecret: "secret", faults: { timeoutAfterAccept: 1 } });
    const hanging = sendText(patient.url).then(
      () => "answered",
      () => "cut off",
    );
    await expect.poll(() => patient.ledger.accepted.length).toBe(1);
    await patient.stop();
    expect(await hanging).toBe("cut off");
  });
});
