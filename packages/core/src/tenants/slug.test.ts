import { expect, test } from "vitest";
import { slugOf } from "./slug.ts";

test.each([
  ["Acme Electronics", "acme-electronics"],
  ["  Café Müller & Co. ", "cafe-muller-co"],
  ["東京商店", "tenant"],
  ["--", "tenant"],
  ["a".repeat(100), "a".repeat(48)],
  [`${"a".repeat(47)} b`, "a".repeat(47)],
])("the slug of %j is %j", (name, slug) => {
  expect(slugOf(name)).toBe(slug);
});
