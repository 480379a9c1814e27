import { describe, expect, test } from "vitest";
import { loginInput, registerInput } from "./schemas.ts";

const valid = { tenantName: "Acme", email: "agent.one@acme.example", password: "0123456789", fullName: "Agent One" };

describe("what is registered with", () => {
  test("has its e-mail lower-cased", () => {
    expect(registerInput.parse({ ...valid, email: "Agent.One@Acme.Example" }).email).toBe("agent.one@acme.example");
  });

  test.each([
    ["a password of nine characters", { password: "012345678" }],
    ["a password of 73 bytes", { password: "a".repeat(73) }],
    ["a password of 37 characters that are 74 bytes", { password: "é".repeat(37) }],
    ["an e-mail that is none", { email: "agent" }],
    ["a name of spaces", { fullName: "   " }],
    ["a name with a NUL", { tenantName: "Acme\0" }],
    ["a field that nobody asked for", { isSuperAdmin: true }],
  ])("is refused with %s", (_what, change) => {
    expect(registerInput.safeParse({ ...valid, ...change }).success).toBe(false);
  });

  test("may be a password of exactly 72 bytes", () => {
    expect(registerInput.safeParse({ ...valid, password: "é".repeat(36) }).success).toBe(true);
  });
});

test("signing in names the 72 bytes too", () => {
  const parsed = loginInput.safeParse({ email: valid.email, password: "a".repeat(73) });
  expect(parsed.error?.issues[0]?.message).toBe("must be at most 72 bytes long");
});
