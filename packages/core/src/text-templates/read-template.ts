import { analyzeSync, LiquidError, type Template, type Variable } from "liquidjs";
import { engine } from "./engine.ts";

/** Where something is in a template; both count from 1. */
interface Place {
  line: number;
  column: number;
}

export interface NamedVariable extends Place {
  /** As it is written, such as "contact.name"; a part that is computed stands in brackets. */
  name: string;
}

/** What is wrong with a template, for people. */
export interface TemplateFault extends Place {
  message: string;
}

/** A template's parts and the variables that it names, or everything that keeps it from being a template. */
export function readTemplate(
  text: string,
): { parts: Template[]; variables: NamedVariable[] } | { faults: TemplateFault[] } {
  try {
    const parts = engine.parse(text);
    const { globals } = analyzeSync(parts, { partials: false });
    return { parts, variables: Object.values(globals).flat().map(toNamed) };
  } catch (error) {
    return { faults: errorsIn(error).map(toFault) };
  }
}

/** The single errors that Liquid has collected, of parts within parts as well. Throws what is none of Liquid's. */
export function errorsIn(error: unknown): LiquidError[] {
  if (!LiquidError.is(error)) throw error;
  return "errors" in error && Array.isArray(error.errors) ? error.errors.flatMap(errorsIn) : [error];
}

export function toFault(error: LiquidError): TemplateFault {
  const [line = 1, column = 1] = error.token.getPosition();
  // Liquid adds the place to its messages, and again for each part that the error went through.
  return { line, column, message: error.message.replace(/(?:, line:\d+, col:\d+)+$/, "") };
}

/** "line 2, column 7: tag "for" not found" */
export function describeFault({ line, column, message }: TemplateFault): string {
  return `line ${line}, column ${column}: ${message}`;
}

function toNamed({ segments, location: { row, col } }: Variable): NamedVariable {
  const name = segments.map((segment) => (typeof segment === "string" ? segment : `[${String(segment)}]`)).join(".");
  return { name, line: row, column: col };
}
