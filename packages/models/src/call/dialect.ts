import { z } from "zod";

/** What a server of OpenAI's wire format understands. Many say they speak it, and each leaves something out. */
export interface Dialect {
  /** How JSON is asked for: by schema, as "some JSON", or in words only. */
  format: "json_schema" | "json_object" | "text";
  limit: "max_tokens" | "max_completion_tokens";
  takesTemperature: boolean;
}

export const FULL_DIALECT: Dialect = { format: "json_schema", limit: "max_tokens", takesTemperature: true };

const NEXT_FORMAT = { json_schema: "json_object", json_object: "text", text: undefined } as const;

const errorBody = z.object({ error: z.object({ message: z.string(), param: z.string().nullish() }) });

/**
 * The dialect to try next when a server refused a request (its answer's `status` and `body`) for something that can be
 * said otherwise; undefined if that is not why. Each step leaves something out, so steps come to an end.
 */
export function adaptDialect(
  dialect: Dialect,
  status: number | undefined,
  body: string | undefined,
): Dialect | undefined {
  if (status !== 400 && status !== 422) return undefined;
  const { message, param } = readError(body);
  // OpenAI's models that think: "Use 'max_completion_tokens' instead."
  if (dialect.limit === "max_tokens" && message.includes("max_completion_tokens")) {
    return { ...dialect, limit: "max_completion_tokens" };
  }
  if (dialect.takesTemperature && (param === "temperature" || /['"`]temperature['"`]/.test(message))) {
    return { ...dialect, takesTemperature: false };
  }
  // DeepSeek: "This response_format type is unavailable now".
  const format = NEXT_FORMAT[dialect.format];
  return format && /response_format|json_schema|json_object/.test(`${param} ${message}`)
    ? { ...dialect, format }
    : undefined;
}

function readError(body: string | undefined): { message: string; param: string } {
  try {
    const { success, data } = errorBody.safeParse(JSON.parse(body ?? ""));
    return success
      ? { message: data.error.message, param: data.error.param ?? "" }
      : { message: body ?? "", param: "" };
  } catch {
    // Not JSON: what there is of a message is all of it.
    return { message: body ?? "", param: "" };
  }
}
