import { describe, expect, it } from "vitest";
import { ACCOUNT, parseLists, status, TIMESTAMP } from "./webhook.fixture.ts";

const MESSAGE_ID = "01976f00-0000-7000-8000-00000000abcd";

describe("a status", () => {
  it.each([
    ["sent", "SENT"],
    ["delivered", "DELIVERED"],
    ["read", "READ"],
    ["played", "PLAYED"],
    ["failed", "FAILED"],
  ])("%s is %s", (name, expected) => {
    expect(parseLists({ statuses: [status(name)] })).toEqual([
      {
        kind: "status",
        account: ACCOUNT,
        externalId: "wamid.OUT1",
        status: expected,
        occurredAt: new Date(Number(TIMESTAMP) * 1000),
      },
    ]);
  });

  it("gives our reference back", () => {
    const statuses = [status("sent", { biz_opaque_callback_data: `${MESSAGE_ID}:12` })];
    expect(parseLists({ statuses })).toMatchObject([{ reference: { messageId: MESSAGE_ID, attempt: 12 } }]);
  });

  it.each([
    "job-42:1",
    MESSAGE_ID,
    `${MESSAGE_ID}:`,
    `${MESSAGE_ID}:0`,
    `${MESSAGE_ID}:-1`,
    `${MESSAGE_ID}:1.5`,
    `x${MESSAGE_ID}:1`,
    7,
  ])("leaves the opaque data of others alone: %s", (opaque) => {
    const [part] = parseLists({ statuses: [status("sent", { biz_opaque_callback_data: opaque })] });
    expect(part).toMatchObject({ kind: "status", reference: undefined });
  });

  it("tells why a message failed and whether another try can help", () => {
    const details = { error_data: { details: "Send a template instead." } };
    const statuses = [
      status("failed", { errors: [{ code: 131047, title: "Re-engagement message", message: "x", ...details }] }),
      status("failed", { errors: [{ code: 130429, title: "Rate limit hit" }] }),
    ];
    expect(parseLists({ statuses })).toMatchObject([
      {
        status: "FAILED",
        error: { code: "131047", title: "Re-engagement message", detail: "Send a template instead.", retryable: false },
      },
      { status: "FAILED", error: { code: "130429", title: "Rate limit hit", detail: "", retryable: true } },
    ]);
  });

  it("that we do not know is counted under its name", () => {
    expect(parseLists({ statuses: [status("warning")] })).toMatchObject([{ kind: "ignored", name: "status.warning" }]);
  });

  it.each([
    [null, "malformed_status"],
    ["sent", "malformed_status"],
    [{ ...status("sent"), status: undefined }, "malformed_status"],
    [{ ...status("sent"), id: undefined }, "no_message_id"],
    [{ ...status("sent"), timestamp: "later" }, "bad_timestamp"],
  ])("that cannot be read says why: %j", (raw, reason) => {
    expect(parseLists({ statuses: [raw] })).toMatchObject([{ kind: "unreadable", reason }]);
  });
});
