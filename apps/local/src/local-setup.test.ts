import { ConfigError, type Env } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { processEnvironment, readAddresses } from "./local-setup.ts";

const urls = { appUrl: "postgresql://app", systemUrl: "postgresql://system", redisUrl: "redis://r" };
const secrets = { JWT_SECRET: "jwt", ENCRYPTION_KEYS: "keys" };

function environmentOf(env: Record<string, string>): Env {
  return processEnvironment(env, readAddresses(env), urls, secrets, "/data/mail");
}

describe("readAddresses", () => {
  test("has the documented defaults", () => {
    expect(readAddresses({})).toEqual({
      host: "127.0.0.1",
      apiPort: 4000,
      apiUrl: "http://127.0.0.1:4000",
      simulatorPort: 4010,
      simulatorUrl: "http://127.0.0.1:4010",
    });
  });

  test("reaches over loopback what listens on every interface", () => {
    expect(readAddresses({ HOST: "0.0.0.0", PORT: "5000" })).toMatchObject({ apiUrl: "http://127.0.0.1:5000" });
  });

  test.each([
    [{ PORT: "4010" }, "PORT and SIMULATOR_PORT are both 4010"],
    [{ SIMULATOR_PORT: "4000" }, "PORT and SIMULATOR_PORT are both 4000"],
    [{ PORT: "0" }, "PORT and SIMULATOR_PORT cannot be 0 here"],
  ])("refuses %j", (env, sentence) => {
    expect(() => readAddresses(env)).toThrow(ConfigError);
    expect(() => readAddresses(env)).toThrow(sentence);
  });
});

describe("processEnvironment", () => {
  test("keeps the owner's database URL from the processes", () => {
    expect(environmentOf({ DATABASE_URL: "postgresql://owner", LOG_LEVEL: "debug" })).toEqual({
      LOG_LEVEL: "debug",
      HOST: "127.0.0.1",
      PORT: "4000",
      SIMULATOR_PORT: "4010",
      DATABASE_APP_URL: "postgresql://app",
      DATABASE_SYSTEM_URL: "postgresql://system",
      REDIS_URL: "redis://r",
      WHATSAPP_API_BASE_URL: "http://127.0.0.1:4010",
      MODEL_PRIVATE_HOSTS: "127.0.0.1:4010",
      APP_URL: "http://127.0.0.1:4000",
      MAIL_DIRECTORY: "/data/mail",
      RATE_LIMITS: "address.register=100000",
      ...secrets,
    });
  });

  test("has mails written to the installation's own directory, with links to it, unless others are set", () => {
    const chosen = { MAIL_DIRECTORY: "/var/mail", APP_URL: "https://app.example" };
    expect(environmentOf(chosen)).toMatchObject(chosen);
    expect(environmentOf({ PORT: "5000", MAIL_DIRECTORY: "", APP_URL: "" })).toMatchObject({
      MAIL_DIRECTORY: "/data/mail",
      APP_URL: "http://127.0.0.1:5000",
    });
  });

  test("lets one address register as much as it likes, except in production and where limits are set", () => {
    const limits = { RATE_LIMITS: "address.register=5" };
    expect(environmentOf(limits)).toMatchObject(limits);
    expect(environmentOf({ NODE_ENV: "production" })).toMatchObject({ RATE_LIMITS: "on" });
  });

  test("sends to the simulator unless another address is set", () => {
    const env = environmentOf({ WHATSAPP_API_BASE_URL: "https://graph.facebook.com" });
    expect(env["WHATSAPP_API_BASE_URL"]).toBe("https://graph.facebook.com");
    expect(environmentOf({ WHATSAPP_API_BASE_URL: "" })["WHATSAPP_API_BASE_URL"]).toBe("http://127.0.0.1:4010");
  });
});
