import { expect, test } from "vitest";
import { linesThatTell } from "./told-secrets.fixture.ts";

const secrets = new Set(["secret-word-1", "secret-word-22", "another-one"]);

test("a secret is found wherever it stands in a line", () => {
  for (const secret of secrets) {
    const telling = [secret, `${secret} at the beginning`, `at the end ${secret}`, `"in":"the ${secret} middle"`];
    expect(linesThatTell(["nothing", ...telling, ""], secrets)).toEqual(telling);
  }
});

test("what only begins like one, or ends like one, is none", () => {
  expect(linesThatTell(["secret-word-2", "secret-wor", "ret-word-1", "secret-w secret-word-"], secrets)).toEqual([]);
});

test("one that begins within the beginning of another is found", () => {
  expect(linesThatTell(["secret-secret-word-1"], secrets)).toHaveLength(1);
});

test("what is too short to be looked for is refused", () => {
  expect(() => linesThatTell([], new Set(["short"]))).toThrow("5 characters");
});
