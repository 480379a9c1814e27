import type { z } from "zod";
import type { ModelFailure } from "../model-error.ts";
import { mapStrings } from "../prompt/mask-strings.ts";
import type { RawAnswer } from "./ask-once.ts";
import { failure } from "./classify-failure.ts";
import { readJson } from "./read-json.ts";

/** What an answer is worth. A `problem` may be mended when the model is told of it; a `failure` may not. */
export type Reading<T> = { value: T } | { problem: string } | { failure: ModelFailure };

/** Holds an answer against schema and check. `check` returns what is wrong, in a sentence for the model. */
export function readAnswer<T>(
  answer: RawAnswer,
  schema: z.ZodType<T>,
  check: (value: T) => string | undefined,
): Reading<T> {
  if (answer.finishReason === "content-filter") {
    return { failure: failure("refused", "The provider's filter, or the model itself, refused to answer.") };
  }
  const json = readJson(answer.text);
  // What was cut may still be JSON, if it ended in words around it; it is not what the model had to say.
  if (answer.finishReason === "length") {
    return { failure: failure("too_long", "The answer did not fit into the tokens that it may take.") };
  }
  if (json === undefined) return { problem: "It is not JSON." };
  if (!isStorable(json)) return { problem: "It holds a character U+0000, or half of a surrogate pair." };
  const parsed = schema.safeParse(json);
  if (!parsed.success) return { problem: problemOf(parsed.error) };
  const problem = check(parsed.data);
  return problem === undefined ? { value: parsed.data } : { problem };
}

/** JSON can say what no text of PostgreSQL's can: whoever stored it would be refused. */
function isStorable(json: unknown): boolean {
  let isText = true;
  mapStrings(json, (text) => {
    isText &&= text.isWellFormed() && !text.includes("\u0000");
    return text;
  });
  return isText;
}

const MOST_ISSUES = 5;

/** Paths and what is wrong there. zod's messages name what was expected, and quote nothing that came. */
function problemOf(error: z.ZodError): string {
  return error.issues
    .slice(0, MOST_ISSUES)
    .map((issue) => `${issue.path.join(".") || "The answer"}: ${issue.message}.`)
    .join(" ");
}
