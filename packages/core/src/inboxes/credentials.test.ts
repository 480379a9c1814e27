import { randomBytes } from "node:crypto";
import { newId, parseKeyring } from "@parley/runtime";
import { expect, test } from "vitest";
import { readCredentials, sealCredentials } from "./credentials.ts";

const keyring = parseKeyring(`one:${randomBytes(32).toString("base64")}`);
const inbox = { tenantId: newId(), id: newId() };
const credentials = sealCredentials(keyring, inbox, { accessToken: "canary" });

test("credentials come back as they were given, and are not to be read before", () => {
  expect(readCredentials(keyring, { ...inbox, credentials })).toEqual({ accessToken: "canary" });
  expect(Buffer.from(credentials.split(".").at(-1) ?? "", "base64url").toString()).not.toContain("canary");
});

test("credentials are of no use in another inbox or another tenant", () => {
  expect(() => readCredentials(keyring, { ...inbox, id: newId(), credentials })).toThrow();
  expect(() => readCredentials(keyring, { ...inbox, tenantId: newId(), credentials })).toThrow();
});
