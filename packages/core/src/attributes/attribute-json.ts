import { toJsonEnum } from "../json/index.ts";
import type { DefinitionRow } from "./definition-rows.ts";
import type { AttributeJson } from "./schemas.ts";

export function toAttributeJson(attribute: DefinitionRow): AttributeJson {
  const { id, key, label, type, options, createdAt, updatedAt } = attribute;
  return {
    id,
    key,
    label,
    type: toJsonEnum(type),
    options,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
