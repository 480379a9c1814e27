import { expect, test } from "vitest";
import { containsText } from "./contains-text.ts";

test("wildcards of LIKE are searched for as they stand", () => {
  expect(containsText("50%_\\").contains).toBe("50\\%\\_\\\\");
});
