import { expect, test } from "vitest";
import { settle } from "./settle.ts";

const error = { code: "131000", title: "t", detail: "d", retryable: true };
const FIRST = { attempt: 1, failures: 0 };
const after = (failures: number) => ({ attempt: failures + 1, failures });
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
  expect(settle({ kind: "retry", error }, after(7))).toMatchObject({ messageStatus: "FAILED", error });
});

test("being slowed down before uses up none of the patience for failures", () => {
  expect(settle({ kind: "retry", error }, { attempt: 12, failures: 0 })).toMatchObject({
    messageStatus: "QUEUED",
    isFailure: true,
  });
  expect(settle({ kind: "slow_down", scope: "account", error }, FIRST).isFailure).toBeUndefined();
});

test("the channel's own limit of attempts and its wish to wait are respected", () => {
  expect(settle({ kind: "retry", error, maxAttempts: 2 }, after(1)).messageStatus).toBe("FAILED");
  expect(settle({ kind: "retry", error, retryAfterMs: 60_000 }, FIRST).retryAfterMs).toBe(60_000);
});

test("what never reached the provider is told apart from what it refused", () => {
  expect(settle({ kind: "retry", error }, FIRST).attemptState).toBe("NOT_SENT");
  expect(settle({ kind: "retry", error, httpStatus: 503 }, FIRST).attemptState).toBe("REFUSED");
});

test("a limit pushes back the slots of account or recipient, for as long as the channel says", () => {
  expect(settle({ kind: "slow_down", scope: "recipient", error, retryAfterMs: 16_000 }, FIRST)).toMatchObject({
    messageStatus: "QUEUED",
    retryAfterMs: 16_000,
    pushBack: { scope: "recipient", delayMs: 16_000 },
  });
  expect(settle({ kind: "slow_down", scope: "account", error }, FIRST).pushBack).toEqual({
    scope: "account",
    delayMs: 1_000,
  });
});

test("trouble of the account keeps the message and pauses the inbox", () => {
  expect(settle({ kind: "pause", error }, FIRST)).toMatchObject({ messageStatus: "QUEUED", pausesInbox: true });
});
