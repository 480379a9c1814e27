import { describe, expect, it } from "vitest";
import { answerChallenge } from "./answer-challenge.ts";

const QUERY = { "hub.mode": "subscribe", "hub.verify_token": "verify-me", "hub.challenge": "1158201444" };

describe("answerChallenge", () => {
  it("gives the challenge back when the token is ours", () => {
    expect(answerChallenge(QUERY, "verify-me")).toBe("1158201444");
  });

  it.each([
    ["another token", { ...QUERY, "hub.verify_token": "verify-mf" }],
    ["a longer token", { ...QUERY, "hub.verify_token": "verify-me!" }],
    ["a repeated token", { ...QUERY, "hub.verify_token": ["verify-me", "verify-me"] }],
    ["another mode", { ...QUERY, "hub.mode": "unsubscribe" }],
    ["no challenge", { ...QUERY, "hub.challenge": undefined }],
    ["an empty challenge", { ...QUERY, "hub.challenge": "" }],
    ["nothing", {}],
  ])("refuses %s", (_case, query) => {
    expect(answerChallenge(query, "verify-me")).toBeUndefined();
  });

  it("refuses everything while no token is set", () => {
    expect(answerChallenge({ ...QUERY, "hub.verify_token": "" }, "")).toBeUndefined();
  });
});
