import { ConfigError } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { deriveRoleUrls, readDatabaseConfig, readRolePasswords } from "./role-urls.ts";

const DATABASE_URL = "postgresql://owner:secret@db.example/parley?sslmode=require";
const DATABASE_APP_URL = "postgresql://parley_app:of%20app@db.example/parley";
const DATABASE_SYSTEM_URL = "postgresql://parley_system:of-system@db.example/parley";

describe("the roles' URLs", () => {
  test("are those of the environment, and then the owner's is not needed", () => {
    expect(readDatabaseConfig({ DATABASE_APP_URL, DATABASE_SYSTEM_URL })).toEqual({
      appUrl: DATABASE_APP_URL,
      systemUrl: DATABASE_SYSTEM_URL,
    });
  });

  test("are otherwise the owner's, with passwords that follow from the owner's", () => {
    const { appUrl, systemUrl } = readDatabaseConfig({ DATABASE_URL });
    expect(appUrl).toMatch(/^postgresql:\/\/parley_app:[\w-]{43}@db\.example\/parley\?sslmode=require$/);
    expect(new URL(systemUrl).password).not.toBe(new URL(appUrl).password);
    const others = deriveRoleUrls(DATABASE_URL.replace("secret", "other"));
    expect(new URL(others.appUrl).password).not.toBe(new URL(appUrl).password);
  });

  test.each(["DATABASE_APP_URL", "DATABASE_SYSTEM_URL"])("are refused by name when %s is none", (name) => {
    for (const text of ["foo", "postgresql:hunter2", "postgresql://parley_app:hunter2%@db.example/parley"]) {
      const env = { DATABASE_URL, DATABASE_APP_URL, DATABASE_SYSTEM_URL, [name]: text };
      expect(() => readDatabaseConfig(env)).toThrow(ConfigError);
      expect(() => readDatabaseConfig(env)).toThrow(name);
      expect(() => readDatabaseConfig(env)).not.toThrow("hunter2");
    }
  });

  test("are refused in production when they would follow from no password", () => {
    const env = { DATABASE_URL: "postgresql://owner@db.example/parley" };
    expect(() => readDatabaseConfig({ ...env, NODE_ENV: "production" })).toThrow(ConfigError);
    expect(() => readDatabaseConfig({ ...env, NODE_ENV: "production" })).toThrow(/DATABASE_APP_URL/);
    expect(readDatabaseConfig(env).appUrl).toContain("parley_app");
    const own = { ...env, NODE_ENV: "production", DATABASE_APP_URL, DATABASE_SYSTEM_URL };
    expect(readDatabaseConfig(own).systemUrl).toBe(DATABASE_SYSTEM_URL);
  });
});

test("our roles get the passwords in the URLs; a role of the operator's own keeps its own", () => {
  expect(
    readRolePasswords({ appUrl: DATABASE_APP_URL, systemUrl: "postgresql://operator:x@db.example/parley" }),
  ).toEqual([{ role: "parley_app", password: "of app" }]);
  expect(
    readRolePasswords({ appUrl: "postgresql://parley_app@db.example/parley", systemUrl: DATABASE_SYSTEM_URL }),
  ).toEqual([{ role: "parley_system", password: "of-system" }]);
});
