import fc from "fast-check";
import { expect, test } from "vitest";
import { joinValues, splitValues } from "./several-values.ts";

test("values that were joined are the same when they are parted, whatever they are", () => {
  const hostile = fc.string({
    unit: fc.oneof(fc.constantFrom(",", ";", "|", "\n", '"', "[", "]", " ", "'"), fc.string()),
  });
  fc.assert(
    fc.property(fc.array(hostile), (values) => {
      expect(splitValues(joinValues(values))).toEqual(values);
    }),
  );
});

test("people join them by commas, semicolons, bars and lines", () => {
  expect(splitValues("vip, new;  old |x\ny,,")).toEqual(["vip", "new", "old", "x", "y"]);
  expect(joinValues(["vip", "new"])).toBe("vip, new");
});

test("what only begins like a list is a text", () => {
  expect(splitValues("[vip")).toEqual(["[vip"]);
  expect(splitValues("[1, 2]")).toEqual([]);
});
