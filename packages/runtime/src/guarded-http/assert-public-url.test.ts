import { describe, expect, test } from "vitest";
import { ConfigError } from "../config.ts";
import { assertPublicUrl } from "./assert-public-url.ts";
import { OutboundError } from "./outbound-error.ts";

function codeOf(url: string, allowPrivate?: readonly string[]): string {
  try {
    assertPublicUrl(url, allowPrivate);
    return "accepted";
  } catch (error) {
    if (error instanceof OutboundError) return error.code;
    throw error;
  }
}

test("a public URL comes back as it is", () => {
  expect(assertPublicUrl("https://api.example.com/v1?a=1").href).toBe("https://api.example.com/v1?a=1");
  expect(codeOf("http://8.8.8.8:8080/")).toBe("accepted");
  expect(codeOf("https://[2606:4700::1]/")).toBe("accepted");
});

test.each([
  ["invalid_url", "api.example.com"],
  ["invalid_url", ""],
  ["invalid_url", "https://user:secret@api.example.com/"],
  ["scheme_refused", "ftp://api.example.com/"],
  ["scheme_refused", "file:///etc/passwd"],
  ["scheme_refused", "javascript:alert(1)"],
  ["address_refused", "http://127.0.0.1/"],
  ["address_refused", "http://169.254.169.254/latest/meta-data"],
  ["address_refused", "http://[::1]:8080/"],
  ["address_refused", "http://[::ffff:10.0.0.1]/"],
  ["address_refused", "http://localhost:4000/"],
  ["address_refused", "http://LOCALHOST./"],
  ["address_refused", "http://db.internal/"],
  ["address_refused", "http://printer.local/"],
  ["address_refused", "http://redis:6379/"],
])("%s: %s", (code, url) => {
  expect(codeOf(url)).toBe(code);
});

test.each(["http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://①②⑦.⓪.⓪.①/"])(
  "%s is loopback, however it is written",
  (url) => {
    expect(codeOf(url)).toBe("address_refused");
  },
);

describe("the allow list", () => {
  test.each([
    ["http://127.0.0.1:4010/v1", ["127.0.0.1:4010"], "accepted"],
    ["http://127.0.0.1:4011/v1", ["127.0.0.1:4010"], "address_refused"],
    ["http://127.0.0.2:4010/v1", ["127.0.0.1:4010"], "address_refused"],
    ["http://127.0.0.1/v1", ["127.0.0.1:80"], "accepted"],
    ["https://127.0.0.1/v1", ["127.0.0.1:443"], "accepted"],
    ["https://127.0.0.1/v1", ["127.0.0.1:80"], "address_refused"],
    ["http://[::1]:4010/", ["[::1]:4010"], "accepted"],
    ["http://[0:0::1]:4010/", ["[::1]:4010"], "accepted"],
    ["http://simulator:4010/", ["Simulator:4010"], "accepted"],
    ["http://simulator:4011/", ["simulator:4010"], "address_refused"],
    ["http://10.20.255.1:9/", ["10.20.0.0/16"], "accepted"],
    ["http://10.21.0.1/", ["10.20.0.0/16"], "address_refused"],
  ])("%s with %j is %s", (url, allowPrivate, code) => {
    expect(codeOf(url, allowPrivate)).toBe(code);
  });

  test.each(["127.0.0.1", "127.0.0.1:99999", "http://127.0.0.1:4010", "10.0.0.0/64", "ten/8", "*", ""])(
    "%j is no entry, and is named",
    (entry) => {
      expect(() => assertPublicUrl("https://example.com", [entry])).toThrow(ConfigError);
      expect(() => assertPublicUrl("https://example.com", [entry])).toThrow(`"${entry}"`);
    },
  );
});
