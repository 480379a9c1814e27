import type { AnyTx, Prisma } from "@parley/db";
import { DomainError, type FieldError } from "@parley/runtime";
import type { AttributeOwner } from "./attribute-owner.ts";
import { readAttributeValue } from "./attribute-value.ts";
import { findAttributes, type AttributeDefinition } from "./find-attributes.ts";

/**
 * Values with those given: null takes one away, what is not named stays. Refuses as `validation_failed` keys that the
 * tenant has not defined, and values that are not of the attribute's type.
 */
export async function valuesAfter(
  tx: AnyTx,
  owner: AttributeOwner,
  tenantId: string,
  { before, given }: { before: Prisma.JsonObject; given: Record<string, unknown> },
): Promise<Prisma.JsonObject> {
  const known = await findAttributes(tx, owner, tenantId, Object.keys(given));
  const definitions = new Map(known.map((attribute) => [attribute.key, attribute]));
  const values: Prisma.JsonObject = { ...before };
  const wrong: FieldError[] = [];
  for (const [key, value] of Object.entries(given)) {
    const read = readGiven(definitions.get(key), value);
    if ("message" in read) wrong.push({ path: `attributes.${key}`, message: read.message });
    else if (read.value === null) delete values[key];
    else values[key] = read.value;
  }
  if (wrong.length > 0) {
    throw new DomainError("validation_failed", "Correct what is named in errors and send the request again.", {
      fields: wrong,
    });
  }
  return values;
}

type Given = { value: string | number | boolean | null } | { message: string };

function readGiven(definition: AttributeDefinition | undefined, value: unknown): Given {
  if (!definition) return { message: "is not an attribute of this company; define it first" };
  return value === null ? { value: null } : readAttributeValue(definition, value);
}
