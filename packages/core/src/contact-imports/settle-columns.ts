import { DomainError, type FieldError } from "@parley/runtime";
import { guessMapping } from "./guess-mapping.ts";
import { IDENTIFIER_FIELDS, isSingle, keyOfField, type ImportColumn } from "./import-field.ts";

const MAX_NAMED = 20;

/**
 * What each column of a file stands for: as it was said, or else as its header is understood. `validation_failed` for
 * columns and attributes that there are not, two columns for what a contact has one of, and, unless it is only tried,
 * none by which contacts are known.
 */
export function settleColumns(
  headers: readonly string[],
  attributes: readonly { key: string; label: string }[],
  { mapping, dryRun = false }: { mapping?: Record<string, string | null> | undefined; dryRun?: boolean | undefined },
): ImportColumn[] {
  const columns = mapping
    ? headers.map((header) => ({ header, field: (Object.hasOwn(mapping, header) && mapping[header]) || null }))
    : guessMapping(headers, attributes);
  const wrong = mapping ? [...mistakesIn(mapping, headers, attributes), ...repeatedIn(columns)] : [];
  const isKnown = columns.some(
    ({ field }) => field === "contactId" || (field !== null && IDENTIFIER_FIELDS.has(field)),
  );
  if (!isKnown && !dryRun) {
    const message =
      "must name a column by which contacts are known, such as an email, a phone, a whatsapp or a contactId";
    wrong.push({ path: "mapping", message });
  }
  if (wrong.length === 0) return columns;
  throw new DomainError("validation_failed", "Correct what is named in errors and send the file again.", {
    fields: wrong.slice(0, MAX_NAMED),
  });
}

function mistakesIn(
  mapping: Record<string, string | null>,
  headers: readonly string[],
  attributes: readonly { key: string }[],
): FieldError[] {
  const [known, keys] = [new Set(headers), new Set(attributes.map(({ key }) => key))];
  return Object.entries(mapping).flatMap(([header, field]) => {
    const path = `mapping.${header}`;
    if (!known.has(header)) return [{ path, message: "is not a column of the file" }];
    const part = field === null ? undefined : keyOfField(field);
    if (part?.of === "attributes" && !keys.has(part.key)) {
      return [{ path, message: "names an attribute that contacts do not have" }];
    }
    return [];
  });
}

function repeatedIn(columns: readonly ImportColumn[]): FieldError[] {
  const single = columns.filter(({ field }) => field !== null && isSingle(field));
  const byField = Map.groupBy(single, ({ field }) => field);
  return [...byField.values()].flatMap(([, second]) =>
    second ? [{ path: `mapping.${second.header}`, message: `makes two columns of ${second.field}` }] : [],
  );
}
