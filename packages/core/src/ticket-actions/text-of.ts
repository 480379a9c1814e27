import { DomainError } from "@parley/runtime";
import { MAX_TEXT } from "../messages/index.ts";
import { renderTemplate, type TemplateValues } from "../text-templates/index.ts";

/**
 * The text of a note or a reply. Nobody looks such a reply over before the customer does, so nothing may be missing in it:
 * else it is refused as `conflict`, as is what is empty or too long.
 */
export function textOf(template: string, values: TemplateValues, { isInternal }: { isInternal: boolean }): string {
  const { text, missing } = renderTemplate(template, values);
  if (missing.length > 0 && !isInternal) {
    throw new DomainError("conflict", `There is no value here for ${missing.join(", ")}; write the reply yourself.`);
  }
  if (text.trim() === "") throw new DomainError("conflict", "With its variables the text is empty.");
  if (text.length <= MAX_TEXT) return text;
  throw new DomainError(
    "conflict",
    `With its variables the text has ${text.length} characters, and a message has ${MAX_TEXT} at most.`,
  );
}
