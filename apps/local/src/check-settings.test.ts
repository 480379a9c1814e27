import { randomBytes } from "node:crypto";
import { ConfigError } from "@parley/runtime";
import { expect, test } from "vitest";
import { checkSettings } from "./check-settings.ts";

const secrets = {
  JWT_SECRET: randomBytes(48).toString("base64"),
  ENCRYPTION_KEYS: `a:${randomBytes(32).toString("base64")}`,
};

test("secrets are all that has to be set", () => {
  expect(() => checkSettings(secrets)).not.toThrow();
});

test.each([
  ["JWT_SECRET", "weak"],
  ["ENCRYPTION_KEYS", "a:AAAA"],
  ["DATABASE_URL", "mysql://db.example/parley"],
  ["DATABASE_APP_URL", "foo"],
  ["DATABASE_SYSTEM_URL", "foo"],
  ["REDIS_URL", "foo"],
  ["WHATSAPP_API_BASE_URL", "graph.facebook.com"],
  ["WHATSAPP_API_VERSION", "25"],
  ["SIMULATOR_WEBHOOK_URL", "nowhere"],
  ["SEND_TIMEOUT_MS", "long"],
  ["SEND_LEASE_MS", "-1"],
  ["RECONCILE_INTERVAL_MS", "often"],
  ["STRANDED_AFTER_MS", "1.5"],
  ["LOG_LEVEL", "chatty"],
  ["SMTP_URL", "mail.example"],
  ["MAIL_FROM", "nobody"],
  ["APP_URL", "app.example"],
])("a wrong %s is refused by name", (name, value) => {
  expect(() => checkSettings({ ...secrets, [name]: value })).toThrow(ConfigError);
  expect(() => checkSettings({ ...secrets, [name]: value })).toThrow(name);
});
