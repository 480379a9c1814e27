import type { AnyTx } from "@parley/db";
import type { FieldError } from "@parley/runtime";
import { lineText } from "../json/index.ts";
import type { AttributeOwner } from "./attribute-owner.ts";
import { mistakeInFilter, readingsOf } from "./attribute-readings.ts";
import { findAttributes } from "./find-attributes.ts";

const KEY_AND_VALUE = /^([^:]+):(.+)$/su;

/** How a filter names a value of an attribute: `key:value`. */
export function attributeFilter(example: string) {
  return lineText(1_100).regex(KEY_AND_VALUE, `must be a key and a value, as in ${example}`).meta({ example });
}

interface KeyAndValue {
  key: string;
  value: string;
}

function readAttributeFilter(text: string): KeyAndValue {
  const [, key = "", value = ""] = KEY_AND_VALUE.exec(text) ?? [];
  return { key, value };
}

/**
 * The condition that a column of values has the one that `text` names. A key has one type, so of the values that a text can
 * stand for at most one is ever stored.
 */
export function hasAttribute(
  column: string,
  text: string,
  placeholderOf: (value: unknown, type: string) => string,
): string {
  const { key, value } = readAttributeFilter(text);
  const each = readingsOf(value).map(
    (reading) => `${column} @> ${placeholderOf(JSON.stringify({ [key]: reading }), "jsonb")}`,
  );
  return `(${each.join(" or ")})`;
}

/** What is wrong with the attributes that a filter names, by their places: it would mean nothing for ever. */
export async function mistakesInAttributes(
  tx: AnyTx,
  owner: AttributeOwner,
  tenantId: string,
  texts: readonly string[],
): Promise<FieldError[]> {
  const given = texts.map(readAttributeFilter);
  const known = await findAttributes(
    tx,
    owner,
    tenantId,
    given.map(({ key }) => key),
  );
  const definitions = new Map(known.map((definition) => [definition.key, definition]));
  return given.flatMap(({ key, value }, index) => {
    const definition = definitions.get(key);
    const message = definition
      ? mistakeInFilter(definition, value)
      : "is not an attribute of this company; define it first";
    return message === undefined ? [] : [{ path: `attribute.${index}`, message }];
  });
}
