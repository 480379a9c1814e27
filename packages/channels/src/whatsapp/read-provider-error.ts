import { z } from "zod";
import type { ProviderError } from "../channel.ts";
import { classifyGraphError } from "./error-class.ts";
import { optionalText } from "./webhook-schema.ts";

/** Meta's error object: of an answer (`error`), of a failed status, of a message. Old payloads have bare `details`. */
export const graphErrorSchema = z.object({
  code: z.union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number),
  ]),
  title: optionalText,
  message: optionalText,
  details: optionalText,
  error_data: z.object({ details: optionalText }).optional().catch(undefined),
});

export type GraphError = z.infer<typeof graphErrorSchema>;

/** Reads one element of an `errors` list; undefined when it has no code. */
export function readProviderError(raw: unknown): ProviderError | undefined {
  const parsed = graphErrorSchema.safeParse(raw);
  return parsed.success ? toProviderError(parsed.data, isWorthRepeating(parsed.data.code)) : undefined;
}

export function toProviderError(error: GraphError, retryable: boolean): ProviderError {
  const title = error.title ?? error.message ?? "";
  const detail = error.error_data?.details ?? error.details ?? error.message ?? "";
  return { code: String(error.code), title, detail: detail === title ? "" : detail, retryable };
}

/** Whether nothing more will go out from the account until a person acts. */
export function isFaultOfAccount({ code }: ProviderError): boolean {
  return classifyGraphError(Number(code)).kind === "pause";
}

function isWorthRepeating(code: number): boolean {
  const { kind } = classifyGraphError(code);
  return kind === "retry" || kind === "slow_down";
}
