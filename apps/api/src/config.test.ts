import { ConfigError } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { readApiConfig } from "./config.ts";
import { DEFAULT_RATE_LIMITS } from "./http/rate-limit-config.ts";

const env = {
  DATABASE_URL: "postgresql://owner:secret@db.example/parley",
  REDIS_URL: "redis://redis.example",
  JWT_SECRET: "abcdefghijklmnopqrstuvwxyz0123456789",
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString("base64")}`,
};
const production = { ...env, NODE_ENV: "production", WHATSAPP_APP_SECRET: "meta", WHATSAPP_VERIFY_TOKEN: "verify" };

describe("the configuration of the API", () => {
  test("has an allow-list of origins, empty unless set", () => {
    expect(readApiConfig(env).http.corsOrigins).toEqual([]);
    const set = { ...env, CORS_ORIGINS: "https://a.example, https://b.example" };
    expect(readApiConfig(set).http.corsOrigins).toEqual(["https://a.example", "https://b.example"]);
  });

  test("limits requests as it is told, and as usual when it is told nothing", () => {
    expect(readApiConfig(production).rateLimits).toEqual(DEFAULT_RATE_LIMITS);
    expect(readApiConfig({ ...env, RATE_LIMITS: "address.auth=7" }).rateLimits?.address.auth).toBe(7);
    expect(readApiConfig({ ...env, RATE_LIMITS: "off" }).rateLimits).toBeNull();
  });

  test("sends cookies over TLS only in production", () => {
    expect(readApiConfig(env).secureCookies).toBe(false);
    expect(readApiConfig(production).secureCookies).toBe(true);
  });

  test.each([
    ["the demo's SUPERADMIN_PASSWORD", { SUPERADMIN_PASSWORD: "change-me-now" }],
    ["a weak JWT_SECRET", { JWT_SECRET: "secret" }],
    ["no ENCRYPTION_KEYS", { ENCRYPTION_KEYS: undefined }],
    ["no WHATSAPP_APP_SECRET", { WHATSAPP_APP_SECRET: undefined }],
  ])("is refused in production with %s, naming the variable", (_what, change) => {
    const [name] = Object.keys(change);
    const read = () => readApiConfig({ ...production, ...change });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(name);
  });
});
