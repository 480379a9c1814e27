import { expect, test } from "vitest";
import { settle } from "./settle.ts";

const error = { code: "131000", title: "t", detail: "d", retryable: true };
const FIRST = { failures: 0, slowDowns: 0 };
const after = (failures: number) => ({ failures, slowDowns: 0 });
const noJitter = (): number => 1;

test("an accepted message is sent, under the provider's id", () => {
  expect(settle({ kind: "accepted", externalId: "wamid.1", httpStatus: 200 }, FIRST)).toMatchObject({
    messageStatus: "SENT",
    attemptState: "ACCEPTED",
    externalId: "wamid.1",
  });
});

test("an unknown outcome is never queued again", () => {
  expect(settle({ kind: "unknown", error }, FIRST)).toMatchObject({
    messageStatus: "UNKNOWN",
    attemptState: "UNKNOWN",
  });
  expect(settle({ kind: "unknown", error }, FIRST).retryAfterMs).toBeUndefined();
});

test("retries wait exponentially longer and end in a failure", () => {
  const delays = [0, 1, 2, 3].map(
    (failures) => settle({ kind: "retry", error, httpStatus: 500 }, after(failures), noJitter).retryAfterMs,
  );
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(settle({ kind: "retry", error }, after(29))).toMatchObject({ messageStatus: "FAILED", error });
});

test("an outage of half an hour costs no message, however the dice fall", () => {
  const waits = Array.from({ length: 29 }, (_empty, failures) =>
    settle({ kind: "retry", error }, after(failures), () => 0),
  );
  const total = waits.reduce((sum, { retryAfterMs = 0 }) => sum + retryAfterMs, 0);
  expect(total).toBeGreaterThan(3_600_000 / 2);
  expect(waits.every(({ messageStatus }) => messageStatus === "QUEUED")).toBe(true);
});

test("failing and being slowed down use up none of each other's patience", () => {
  expect(settle({ kind: "retry", error }, { failures: 0, slowDowns: 29 })).toMatchObject({
    messageStatus: "QUEUED",
    isFailure: true,
  });
  const slowed = settle({ kind: "slow_down", scope: "account", error }, { failures: 29, slowDowns: 0 });
  expect(slowed).toMatchObject({ messageStatus: "QUEUED", isSlowDown: true });
  expect(slowed.isFailure).toBeUndefined();
});

test("whoever is slowed down again and again asks ever more rarely, and gives up at last", () => {
  const slowDown = { kind: "slow_down", scope: "account", error, retryAfterMs: 1_000 } as const;
  const waits = [0, 1, 2, 3].map((slowDowns) => settle(slowDown, { failures: 0, slowDowns }, noJitter).retryAfterMs);
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000]);
  expect(settle(slowDown, { failures: 0, slowDowns: 29 }).messageStatus).toBe("FAILED");
});

test("the channel's own limit of attempts and its wish to wait are respected", () => {
  expect(settle({ kind: "retry", error, maxAttempts: 2 }, after(1)).messageStatus).toBe("FAILED");
  expect(settle({ kind: "retry", error, retryAfterMs: 60_000 }, FIRST).retryAfterMs).toBe(60_000);
});

test("what never reached the provider is told apart from what it refused", () => {
  expect(settle({ kind: "retry", error }, FIRST).attemptState).toBe("NOT_SENT");
  expect(settle({ kind: "retry", error, httpStatus: 503 }, FIRST).attemptState).toBe("REFUSED");
  expect(settle({ kind: "final", error }, FIRST).attemptState).toBe("NOT_SENT");
  expect(settle({ kind: "final", error, httpStatus: 400 }, FIRST).attemptState).toBe("REFUSED");
});

test("a limit pushes back the slots of account or recipient, for as long as the channel says", () => {
  const asked = { kind: "slow_down", scope: "recipient", error, retryAfterMs: 16_000 } as const;
  expect(settle(asked, FIRST)).toMatchObject({
    messageStatus: "QUEUED",
    retryAfterMs: 16_000,
    pushBack: { scope: "recipient", delayMs: 16_000 },
  });
  expect(settle({ kind: "slow_down", scope: "account", error }, FIRST, noJitter).pushBack).toEqual({
    scope: "account",
    delayMs: 1_000,
  });
});

test("trouble of the account keeps the message and pauses the inbox", () => {
  expect(settle({ kind: "pause", error }, FIRST)).toMatchObject({ messageStatus: "QUEUED", pausesInbox: true });
});
