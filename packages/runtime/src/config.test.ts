import { expect, test } from "vitest";
import {
  ConfigError,
  readDurationMs,
  readHttpConfig,
  readLogLevel,
  readOwnerDatabaseUrl,
  readRedisUrl,
  readSecrets,
  readWhatsAppConfig,
} from "./config.ts";

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
  expect(() => readRedisUrl(env)).toThrow("REDIS_URL is not a redis:// or rediss:// URL");
  expect(() => readRedisUrl(env)).not.toThrow("hunter2");
});

test.each([
  ["foo", /^DATABASE_URL is not a postgres:\/\/ or postgresql:\/\/ URL: set it to/],
  ["postgres:owner:hunter2", /^DATABASE_URL is not a postgres/],
  ["postgresql:///parley?password=hunter2", /^DATABASE_URL is not a postgres/],
  ["postgresql://owner:hunter2/x@db.example/parley", /percent-encode what is special in a password/],
  ["postgresql://owner:hunter2%@db.example/parley", /^DATABASE_URL has a % that encodes nothing: write it as %25$/],
])("a database URL that no driver could use is refused: %s", (text, sentence) => {
  expect(() => readOwnerDatabaseUrl({ DATABASE_URL: text })).toThrow(ConfigError);
  expect(() => readOwnerDatabaseUrl({ DATABASE_URL: text })).toThrow(sentence);
  expect(() => readOwnerDatabaseUrl({ DATABASE_URL: text })).not.toThrow("hunter2");
});

test("what is special in a password may be percent-encoded", () => {
  const url = "postgresql://owner:100%25%2F@db.example/parley";
  expect(readOwnerDatabaseUrl({ DATABASE_URL: url })).toBe(url);
});

test("a setting that is empty is one that is not set", () => {
  expect(readHttpConfig({ HOST: "", PORT: "" })).toEqual(readHttpConfig({}));
  expect(readWhatsAppConfig({ WHATSAPP_API_BASE_URL: "", WHATSAPP_API_VERSION: "" })).toEqual(readWhatsAppConfig({}));
  expect(readDurationMs({ SEND_TIMEOUT_MS: "" }, "SEND_TIMEOUT_MS", 20_000)).toBe(20_000);
  expect(readLogLevel({ LOG_LEVEL: "" })).toBe("info");
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

test.each([
  "*",
  "null",
  "app.example",
  "https://app.example/",
  "https://app.example/path",
  "https://App.example",
  "https://app.example:443",
  "https://*.example",
  "ftp://app.example",
  "https://user:secret@app.example",
  "https://",
])("an origin such as %s, which no browser sends, is refused at the start", (origin) => {
  expect(() => readHttpConfig({ CORS_ORIGINS: `https://a.test,${origin}` })).toThrow(
    /CORS_ORIGINS.*https:\/\/app\.example/,
  );
});

test("origins with a port of their own are taken", () => {
  const CORS_ORIGINS = "http://localhost:5173,http://[::1]:3000";
  expect(readHttpConfig({ CORS_ORIGINS }).corsOrigins).toEqual(CORS_ORIGINS.split(","));
});

test("proxies to trust are addresses and networks", () => {
  const env = { TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.1,2001:db8::/32" };
  expect(readHttpConfig(env).trustedProxies).toEqual(["10.0.0.0/8", "192.0.2.1", "2001:db8::/32"]);
  expect(readHttpConfig({}).trustedProxies).toEqual([]);
});

test.each(["true", "proxy.example", "10.0.0.0/33", "10.0.0.0/0", "10.0.0.0/", "10.0.0.0/8/8", "2001:db8::/129"])(
  "a proxy to trust is not %s",
  (proxy) => {
    const read = () => readHttpConfig({ TRUSTED_PROXIES: `192.0.2.1,${proxy}` });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(`not "${proxy}"`);
  },
);
