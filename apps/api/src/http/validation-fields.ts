import type { FieldError } from "@parley/runtime";
import type { ZodFastifySchemaValidationError } from "fastify-type-provider-zod";

/** An answer names no more than these; whoever sends thousands of wrong fields is not told of each. */
const MOST_FIELDS = 20;
const PATH_LENGTH = 200;

/** zod's complaints as paths and sentences, and how many more there are. Never the values: they may be secrets. */
export function validationFields(errors: readonly ZodFastifySchemaValidationError[]): {
  fields: FieldError[];
  more: number;
} {
  const all = errors.flatMap((error) => {
    const path = error.instancePath.split("/").filter((part) => part !== "");
    return faultsOf({ ...error.params, code: error.keyword, path, message: error.message ?? "is not valid" });
  });
  const fields = all
    .slice(0, MOST_FIELDS)
    .map(({ path, message }) => ({ path: path.join(".").slice(0, PATH_LENGTH), message }));
  return { fields, more: all.length - fields.length };
}

/** As much of zod's complaints as is told. Of a union `errors` are those of each of its forms. */
interface Issue {
  code?: string | undefined;
  path: readonly PropertyKey[];
  message: string;
  keys?: readonly string[];
  errors?: readonly (readonly Issue[])[];
}

function faultsOf({ code, path, message, keys, errors }: Issue): { path: string[]; message: string }[] {
  const place = path.map(String);
  if (code === "unrecognized_keys" && keys) {
    return keys.map((key) => ({ path: [...place, key], message: "is not known here" }));
  }
  const meant = code === "invalid_union" && errors ? formMeant(errors) : undefined;
  if (!meant) return [{ path: place, message }];
  return meant.flatMap((issue) => faultsOf({ ...issue, path: [...place, ...issue.path] }));
}

/** What is wrong with the form of a union that was meant: the one whose fields fit best, if one does. */
function formMeant(forms: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const ranked = forms
    .map((issues) => ({ issues, misfits: issues.reduce((sum, issue) => sum + misfitsIn(issue), 0) }))
    .toSorted((one, other) => one.misfits - other.misfits);
  const [best, next] = ranked;
  return best && (!next || best.misfits < next.misfits) ? best.issues : undefined;
}

/** Fields that there should not be, or should; something else altogether counts more than any number of them. */
function misfitsIn({ code, path, keys, message }: Issue): number {
  if (code === "unrecognized_keys") return keys?.length ?? 1;
  if (path.length === 0) return 1_000;
  return path.length === 1 && message.endsWith("received undefined") ? 1 : 0;
}
