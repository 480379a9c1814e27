import { ConfigError } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { readAppUrl, readMailConfig } from "./config.ts";

const production = {
  NODE_ENV: "production",
  SMTP_URL: "smtps://user:password@mail.example",
  MAIL_FROM: "Parley <no-reply@parley.example>",
  APP_URL: "https://parley.example/",
};

describe("the configuration of mails", () => {
  test("needs nothing on a laptop: mails become files", () => {
    expect(readMailConfig({})).toEqual({
      smtpUrl: null,
      from: "Parley <no-reply@parley.local>",
      directory: ".parley/mail",
    });
    expect(readAppUrl({})).toBe("http://127.0.0.1:4000");
  });

  test("is what is set", () => {
    expect(readMailConfig({ ...production, MAIL_DIRECTORY: "/var/mail" })).toEqual({
      smtpUrl: production.SMTP_URL,
      from: production.MAIL_FROM,
      directory: "/var/mail",
    });
    expect(readAppUrl(production)).toBe("https://parley.example");
  });

  test.each(["SMTP_URL", "MAIL_FROM", "APP_URL"])("is refused in production without %s, naming it", (name) => {
    for (const missing of [undefined, ""]) {
      const env = { ...production, [name]: missing };
      const read = () => [readMailConfig(env), readAppUrl(env)];
      expect(read).toThrow(ConfigError);
      expect(read).toThrow(`${name} is missing: set it to`);
    }
  });

  test.each([
    ["SMTP_URL", "https://mail.example"],
    ["SMTP_URL", "mail.example:25"],
    ["MAIL_FROM", "nobody"],
    ["MAIL_FROM", "Parley <a@b.example>\nBcc: c@d.example"],
    ["APP_URL", "parley.example"],
  ])("is refused with %s=%j", (name, value) => {
    const env = { ...production, [name]: value };
    const read = () => [readMailConfig(env), readAppUrl(env)];
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(name);
  });

  test.each(["no-reply@parley.example", "<no-reply@parley.example>", "Parley at Acme <no-reply@parley.example>"])(
    "takes %s for a sender",
    (from) => {
      expect(readMailConfig({ MAIL_FROM: from }).from).toBe(from);
    },
  );

  test("never repeats the mail server's password", () => {
    expect(() => readMailConfig({ SMTP_URL: "imap://user:s3cret@mail.example" })).toThrow(/^(?!.*s3cret)/s);
  });
});
