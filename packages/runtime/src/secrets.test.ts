import { expect, test } from "vitest";
import { decryptSecret, encryptSecret, parseKeyring } from "./secrets.ts";

const key = (byte: number): string => Buffer.alloc(32, byte).toString("base64");
const keyring = parseKeyring(`new:${key(1)},old:${key(2)}`);
const binding = { tenantId: "t1", recordId: "i1", field: "credentials" };

test("what was encrypted is decrypted, and looks different each time", () => {
  const [first, second] = [encryptSecret(keyring, binding, "s3cret"), encryptSecret(keyring, binding, "s3cret")];
  expect(first).not.toBe(second);
  expect(first).not.toContain("s3cret");
  expect(decryptSecret(keyring, binding, first)).toBe("s3cret");
});

test("the first key encrypts and every key decrypts", () => {
  const byOld = encryptSecret(parseKeyring(`old:${key(2)}`), binding, "kept");
  expect(decryptSecret(keyring, binding, byOld)).toBe("kept");
  expect(encryptSecret(keyring, binding, "x").split(".")[1]).toBe("new");
});

test.each([
  ["another tenant", { ...binding, tenantId: "t2" }],
  ["no tenant", { ...binding, tenantId: null }],
  ["another record", { ...binding, recordId: "i2" }],
  ["another field", { ...binding, field: "other" }],
])("a ciphertext that was moved to %s does not decrypt", (_where, moved) => {
  const envelope = encryptSecret(keyring, binding, "s3cret");
  expect(() => decryptSecret(keyring, moved, envelope)).toThrow();
});

test("a ciphertext of which any character was changed does not decrypt", () => {
  const envelope = encryptSecret(keyring, binding, "s3cret");
  const [version, id, nonce, sealed = ""] = envelope.split(".");
  for (let index = 0; index < sealed.length - 1; index += 1) {
    const other = sealed[index] === "A" ? "B" : "A";
    const changed = sealed.slice(0, index) + other + sealed.slice(index + 1);
    expect(() => decryptSecret(keyring, binding, [version, id, nonce, changed].join("."))).toThrow();
  }
});

test("a key that was removed is named", () => {
  const envelope = encryptSecret(parseKeyring(`gone:${key(3)}`), binding, "x");
  expect(() => decryptSecret(keyring, binding, envelope)).toThrow('"gone"');
});

test.each([
  ["", "id"],
  ["nokey", "id"],
  [`a:${Buffer.alloc(16).toString("base64")}`, "32 bytes"],
  [`a:${key(1)},a:${key(2)}`, "twice"],
])("a faulty keyring %j is refused with a reason", (text, reason) => {
  expect(() => parseKeyring(text)).toThrow(reason);
});
