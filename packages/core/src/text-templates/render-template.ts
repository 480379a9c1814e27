import { DomainError } from "@parley/runtime";
import type { LiquidError, Template } from "liquidjs";
import { engine } from "./engine.ts";
import { describeFault, errorsIn, readTemplate, toFault, type TemplateFault } from "./read-template.ts";
import type { TemplateValues } from "./template-values.ts";

export interface RenderedText {
  text: string;
  /** Variables that should have stood in the text and had no value; what a condition asks for is not among them. */
  missing: string[];
}

/**
 * What becomes of a template with these values. Values are data: what looks like a template in them stays as it is.
 * Refuses as `conflict` a template that is none (any more), and one that makes too much of itself.
 */
export function renderTemplate(template: string, values: Readonly<TemplateValues>): RenderedText {
  const read = readTemplate(template);
  if ("faults" in read) throw unusable(read.faults);
  const { parts } = read;
  const strict = renderParts(parts, values, { strictVariables: true });
  if ("text" in strict) return { text: strict.text, missing: [] };
  const missing = new Set(strict.errors.map(missingVariable));
  if (missing.delete(undefined)) throw unusable(strict.errors.map(toFault));
  const lenient = renderParts(parts, values, { strictVariables: false });
  if ("errors" in lenient) throw unusable(lenient.errors.map(toFault));
  return { text: lenient.text, missing: [...missing].filter((name) => name !== undefined) };
}

/** With strict variables Liquid goes on to the end and reports every output that has no value. */
export function renderParts(
  parts: Template[],
  values: Readonly<Partial<TemplateValues>>,
  options: { strictVariables: boolean },
): { text: string } | { errors: LiquidError[] } {
  try {
    const text: unknown = engine.renderSync(parts, values, options);
    // A text that a filter has cut may end in half a character, which PostgreSQL does not store.
    return { text: String(text).toWellFormed() };
  } catch (error) {
    return { errors: errorsIn(error) };
  }
}

function missingVariable({ originalError }: LiquidError): string | undefined {
  const isMissing = originalError && "variableName" in originalError;
  return isMissing && typeof originalError.variableName === "string" ? originalError.variableName : undefined;
}

function unusable(faults: readonly TemplateFault[]): DomainError {
  const [first] = faults;
  const reason = first ? describeFault(first) : "it is none";
  return new DomainError("conflict", `The template cannot be used as it is, so correct it first: ${reason}.`);
}
