import { expect, test } from "vitest";
import { claimKey } from "./claim-key.ts";

const request = { method: "POST", path: "/api/v1/messages", body: { text: "Hello" } };

function hashOf(changed: Partial<typeof request>): string {
  return Buffer.from(claimKey("key", { ...request, ...changed }).requestHash).toString("hex");
}

test("the same request has the same hash, any other another one", () => {
  expect(hashOf({})).toBe(hashOf({ body: { text: "Hello" } }));
  const others = [hashOf({ method: "PUT" }), hashOf({ path: "/api/v1/inboxes" }), hashOf({ body: { text: "Bye" } })];
  expect(new Set([hashOf({}), ...others]).size).toBe(4);
});

test.each(["a", "order 17", "~".repeat(255)])("%j is a key", (key) => {
  expect(claimKey(key, request).key).toBe(key);
});

test.each(["", " ", " a", "a ", "a\tb", "schlüssel", "~".repeat(256)])("%j is no key", (key) => {
  expect(() => claimKey(key, request)).toThrow(/1 to 255 printable/);
});
