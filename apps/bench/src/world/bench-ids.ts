/** Kinds of rows that benches make beforehand; the number is part of the row's id. */
export const ROW_KIND = {
  tenant: 1,
  inbox: 2,
  contact: 3,
  conversation: 4,
  ticket: 5,
  message: 6,
  attempt: 7,
  agent: 8,
  team: 9,
  view: 10,
  attribute: 11,
  rule: 12,
  slaPolicy: 13,
} as const;

export type RowKind = keyof typeof ROW_KIND;

/** The id of the `n`-th row of a kind in an inbox (both from 0): a well-formed UUIDv7 that every process can work out. */
export function benchId(kind: RowKind, inbox: number, n = 0): string {
  return `${hex(ROW_KIND[kind], 8)}-${hex(inbox, 4)}-7000-8000-${hex(n, 12)}`;
}

/** The same as an SQL expression, for rows that are made by `generate_series`. */
export function benchIdSql(kind: RowKind, inbox: string, n = "0"): string {
  return `('${hex(ROW_KIND[kind], 8)}-' || ${hexSql(inbox, 4)} || '-7000-8000-' || ${hexSql(n, 12)})::uuid`;
}

/** The E.164 digits of the `n`-th person who writes to an inbox. Area code 555 belongs to nobody. */
export function benchPhone(inbox: number, n: number): string {
  return `1555${String(inbox).padStart(2, "0")}${String(n).padStart(5, "0")}`;
}

export function benchPhoneSql(inbox: string, n: string): string {
  return `('1555' || lpad((${inbox})::text, 2, '0') || lpad((${n})::text, 5, '0'))`;
}

/** WhatsApp's phone_number_id of an inbox. The simulator makes up its number from the last digits: nobody's above. */
export function benchPhoneNumberId(inbox: number): string {
  return String(100_009_990_000 + inbox);
}

function hexSql(expression: string, width: number): string {
  return `lpad(to_hex((${expression})::int), ${width}, '0')`;
}

function hex(value: number, width: number): string {
  return value.toString(16).padStart(width, "0");
}
