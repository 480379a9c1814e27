import { expect, test } from "vitest";
import { ConfigError, readHttpConfig, readRedisUrl, readSecrets, readWhatsAppConfig } from "./config.ts";

const keys = `a:${Buffer.alloc(32, 1).toString("base64")}`;
const strong = "q8Zr1kVn5tYw3xBm7cLp9dFg2hJs4aUe";

test("strong secrets are read", () => {
  expect(readSecrets({ JWT_SECRET: strong, ENCRYPTION_KEYS: keys }).keyring.primaryId).toBe("a");
});

test.each([
  [{ ENCRYPTION_KEYS: keys }, "JWT_SECRET is missing"],
  [{ JWT_SECRET: "short", ENCRYPTION_KEYS: keys }, "JWT_SECRET is weak"],
  [{ JWT_SECRET: "a".repeat(40), ENCRYPTION_KEYS: keys }, "JWT_SECRET is weak"],
  [{ JWT_SECRET: strong }, "ENCRYPTION_KEYS is missing"],
  [{ JWT_SECRET: strong, ENCRYPTION_KEYS: "a:AAAA" }, "ENCRYPTION_KEYS is not usable"],
])("secrets %j are refused: %s", (env, sentence) => {
  expect(() => readSecrets(env)).toThrow(ConfigError);
  expect(() => readSecrets(env)).toThrow(sentence);
});

test("a URL of the wrong kind is refused without being repeated", () => {
  const env = { REDIS_URL: "http://user:hunter2@example.test" };
  expect(() => readRedisUrl(env)).toThrow("REDIS_URL is not a redis: or rediss:// URL");
  expect(() => readRedisUrl(env)).not.toThrow("hunter2");
});

test("a port that is none is named", () => {
  expect(() => readHttpConfig({ PORT: "eighty" })).toThrow('PORT must be a port number, not "eighty"');
});

test("the simulator's WhatsApp secrets serve development and are refused in production", () => {
  expect(readWhatsAppConfig({}).appSecret).toBe("simulator-app-secret");
  expect(() => readWhatsAppConfig({ NODE_ENV: "production" })).toThrow("WHATSAPP_APP_SECRET");
});

test("origins are a list without blanks", () => {
  expect(readHttpConfig({ CORS_ORIGINS: " https://a.test , ,https://b.test" }).corsOrigins).toEqual([
    "https://a.test",
    "https://b.test",
  ]);
});
