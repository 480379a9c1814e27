import { describe, expect, test } from "vitest";
import { describeDataError, isConnectionFailure, isServerFault, isTransactionConflict } from "./error-codes.ts";

const withCode = (code: string) => Object.assign(new Error("as PostgreSQL says it"), { code });
const violated = (constraint: string) => Object.assign(withCode("23503"), { constraint });
/** As Prisma wraps what it has no name for. */
const wrapped = (originalCode: string) =>
  Object.assign(new Error("Raw query failed"), {
    code: "P2010",
    meta: { driverAdapterError: { cause: { originalCode, kind: "postgres" } } },
  });

describe("a fault of the server is", () => {
  test.each([
    ["a lost connection", "08006"],
    ["a deadlock", "40P01"],
    ["a read-only server", "25006"],
    ["a missing table", "42P01"],
    ["a missing column", "42703"],
    ["a missing grant", "42501"],
    ["a full disk", "53100"],
    ["too many connections", "53300"],
    ["a statement that was cancelled", "57014"],
    ["a shutdown", "57P01"],
    ["an I/O error", "58030"],
    ["a socket that broke", "EPIPE"],
  ])("%s (%s)", (_what, code) => {
    expect(isServerFault(withCode(code))).toBe(true);
    expect(isServerFault(wrapped(code))).toBe(true);
  });
});

describe("a fault of what was to be written is", () => {
  test.each([
    ["a row given twice", "21000"],
    ["a text that is no uuid", "22P02"],
    ["a check that fails", "23514"],
    ["a value too long for an index", "54000"],
  ])("%s (%s)", (_what, code) => {
    expect(isServerFault(withCode(code))).toBe(false);
    expect(isServerFault(wrapped(code))).toBe(false);
  });

  test("anything that did not come from the database", () => {
    for (const error of [new Error("a bug of ours"), withCode("P2002"), withCode("ERR_INVALID_ARG_TYPE"), "text"])
      expect(isServerFault(error)).toBe(false);
  });
});

test("a statement that took too long, on either side, is a connection failure", () => {
  for (const error of [withCode("57014"), wrapped("57014"), withCode("ETIMEDOUT"), new Error("Query read timeout")])
    expect(isConnectionFailure(error)).toBe(true);
});

test("a data error is described by code and constraint, never by its text", () => {
  const error = Object.assign(new Error('value "canary"'), { code: "23514", constraint: "poison" });
  expect(describeDataError(error)).toBe("23514 poison");
  expect(describeDataError(withCode("22P02"))).toBe("22P02");
  expect(describeDataError(new Error("canary"))).toBeUndefined();
});

describe("a reference to what was merged away in the meantime", () => {
  test("is a conflict: whoever holds on to it finds the other, if asked again", () => {
    const index = "ticket_tenant_id_contact_id_fkey";
    const cause = { originalCode: "23503", kind: "ForeignKeyConstraintViolation", constraint: { index } };
    expect(isTransactionConflict(violated("conversation_tenant_id_contact_id_fkey"))).toBe(true);
    expect(isTransactionConflict(violated("message_tenant_id_conversation_id_fkey"))).toBe(true);
    expect(isTransactionConflict(Object.assign(withCode("P2003"), { meta: { driverAdapterError: { cause } } }))).toBe(
      true,
    );
  });

  test("is not one to anything else", () => {
    expect(isTransactionConflict(violated("ticket_tenant_id_team_id_fkey"))).toBe(false);
    expect(isTransactionConflict(withCode("23503"))).toBe(false);
  });
});
