import { maskPersonalData } from "@parley/understanding";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ModelError } from "../model-error.ts";
import { startModelLab, type ModelLab } from "../models.fixture.ts";
import { understandWithModel } from "./understand.ts";

let lab: ModelLab;
beforeEach(async () => {
  lab = await startModelLab();
});
afterEach(() => lab.close());

const TEXT = "Where is my return of order AB-1234? Track 1Z999, or write to a@x.example";
const ANSWER = {
  language: "en",
  sentiment: "negative",
  sentimentScore: -0.4,
  intent: "delivery",
  intentConfidence: 0.9,
  urgency: "high",
  urgencyScore: 0.8,
  wantsHuman: false,
  orderNumbers: [] as string[],
  trackingNumbers: [] as string[],
};
const EMAIL = { type: "email", text: "a@x.example", start: 62, end: 73, value: "a@x.example" } as const;

function answering(changes: Partial<typeof ANSWER>): void {
  lab.simulator.models.setScript({ answers: [{ answer: { ...ANSWER, ...changes } }] });
}

test("a message is understood in the shape of the local understanding", async () => {
  answering({ orderNumbers: ["AB-1234"], trackingNumbers: ["1Z999"] });
  const { value } = await understandWithModel(lab.client(), { text: TEXT, entities: [EMAIL] });
  expect(value).toEqual({
    language: { code: "en", confidence: 1 },
    sentiment: { label: "negative", score: -0.4 },
    intent: { label: "delivery", confidence: 0.9 },
    urgency: { label: "high", score: 0.8, reasons: ["model"] },
    wantsHuman: false,
    entities: [
      { type: "order_number", text: "AB-1234", start: 28, end: 35, value: "AB-1234" },
      { type: "tracking_number", text: "1Z999", start: 43, end: 48, value: "1Z999" },
      EMAIL,
    ],
  });
});

test("the simulator's own answer makes sense", async () => {
  const { value } = await understandWithModel(lab.client(), { text: TEXT, entities: [EMAIL] });
  expect(value).toMatchObject({
    intent: { label: "return_request" },
    sentiment: { label: "neutral" },
    entities: [EMAIL],
  });
});

test("what was found locally is certain: a number within it adds nothing", async () => {
  const found = {
    type: "order_number",
    text: "AB-1234",
    start: 28,
    end: 35,
    value: "AB-1234",
    marketplace: "fnac",
  } as const;
  answering({ trackingNumbers: ["1234", "AB-1234"] });
  const { value } = await understandWithModel(lab.client(), { text: TEXT, entities: [found] });
  expect(value.entities).toEqual([found]);
});

describe("what cannot be is malformed", () => {
  test.each([
    ["a number that is not in the text", { orderNumbers: ["AB-9999"] }],
    ["words instead of a number", { orderNumbers: ["return"] }],
    ["an intent of its own", { intent: "sell_more" }],
    ["a score beyond its scale", { sentimentScore: -3 }],
    ["a language that is none", { language: "English" }],
  ])("%s", async (_what, changes) => {
    answering(changes);
    const outcome: unknown = await understandWithModel(lab.client(), { text: TEXT, entities: [] }).catch(
      (e: unknown) => e,
    );
    expect(outcome).toBeInstanceOf(ModelError);
    expect(outcome).toMatchObject({ kind: "malformed" });
  });
});

test("masked personal data are not on the wire", async () => {
  answering({});
  await understandWithModel(lab.client(), { text: TEXT, entities: [EMAIL] }, { mask: maskPersonalData });
  expect(JSON.stringify(lab.simulator.models.ledger.calls)).not.toContain("a@x.example");
});
