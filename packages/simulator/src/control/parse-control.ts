import { DomainError } from "@parley/runtime";
import type { z } from "zod";

/** Checks the body of a control request; throws `validation_failed` with a sentence that begins with `what` and names the field. */
export function parseControl<Output>(
  schema: z.ZodType<Output> & { shape: object },
  input: unknown,
  what: string,
): Output {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) =>
    issue.code === "unrecognized_keys"
      ? `unknown ${issue.keys.join(", ")} (known: ${Object.keys(schema.shape).join(", ")})`
      : `${issue.path.join(".") || "body"}: ${issue.message}`,
  );
  throw new DomainError("validation_failed", `${what}: ${problems.join("; ")}`);
}
