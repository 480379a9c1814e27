import { ConfigError } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { DEFAULT_RATE_LIMITS, readRateLimits } from "./rate-limit-config.ts";

describe("RATE_LIMITS", () => {
  test.each([{}, { RATE_LIMITS: "" }, { RATE_LIMITS: "on" }])("has defaults: %j", (env) => {
    expect(readRateLimits(env)).toEqual(DEFAULT_RATE_LIMITS);
  });

  test("turns them off", () => {
    expect(readRateLimits({ RATE_LIMITS: "off" })).toBeNull();
  });

  test("changes what it names, and the defaults stay as they are", () => {
    const { user, ...others } = DEFAULT_RATE_LIMITS;
    expect(readRateLimits({ RATE_LIMITS: "user.read=1, user.send=50000" })).toEqual({
      user: { ...user, read: 1, send: 50_000 },
      ...others,
    });
    expect(readRateLimits({})).toEqual({ user, ...others });
  });

  test.each(["ON", "user.read", "user.read=", "user.read=0", "user.read=-1", "user.auth=1", "toString.name=1", "x=1"])(
    "is refused with %s",
    (text) => {
      const read = () => readRateLimits({ RATE_LIMITS: text });
      expect(read).toThrow(ConfigError);
      expect(read).toThrow(/RATE_LIMITS.*set it to "on", "off", or to/);
    },
  );
});
