import { expect, test } from "vitest";
import { differences } from "./record-audit.ts";

test("what did not change is left out", () => {
  expect(differences({ name: "a", status: "active" }, { name: "b", status: "active" })).toEqual({
    before: { name: "a" },
    after: { name: "b" },
  });
});

test("a subject that is new has nothing before, and one that is gone nothing after", () => {
  expect(differences(null, { name: "a" })).toEqual({ after: { name: "a" } });
  expect(differences({ name: "a" }, null)).toEqual({ before: { name: "a" } });
});

test.each(["password", "passwordHash", "accessToken", "appSecret", "credentials"])(
  "%s is masked wherever it stands",
  (field) => {
    const secret = "correct horse battery staple";
    const { before, after } = differences(null, { [field]: secret, list: [{ inner: { [field]: secret } }] });
    expect(JSON.stringify([before, after])).not.toContain(secret);
    expect(after).toEqual({ [field]: "***", list: [{ inner: { [field]: "***" } }] });
  },
);

test("whether there are secrets may be known", () => {
  expect(differences({ hasCredentials: false }, { hasCredentials: true }).after).toEqual({ hasCredentials: true });
});

test("times and absent values are readable", () => {
  const { after } = differences(null, { at: new Date(0), none: null, gone: undefined });
  expect(after).toEqual({ at: "1970-01-01T00:00:00.000Z", none: null });
});

test("when a subject was changed is the entry's own time, and no change", () => {
  const { before, after } = differences({ name: "a", updatedAt: "1" }, { name: "b", updatedAt: "2" });
  expect([before, after]).toEqual([{ name: "a" }, { name: "b" }]);
});
