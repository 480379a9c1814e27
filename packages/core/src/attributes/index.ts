export { CONTACT_ATTRIBUTES, TICKET_ATTRIBUTES, type AttributeOwner } from "./attribute-owner.ts";
export { attributeFilter, hasAttribute, mistakesInAttributes } from "./attribute-filter.ts";
export { readingsOf } from "./attribute-readings.ts";
export { readAttributeValue } from "./attribute-value.ts";
export { changeAttribute } from "./change-attribute.ts";
export { createAttribute } from "./create-attribute.ts";
export { deleteAttribute } from "./delete-attribute.ts";
export { findAttributes, type AttributeDefinition } from "./find-attributes.ts";
export { attributeValue, keepKnown, valuesIn, type AttributeValues } from "./known-values.ts";
export { listAttributes } from "./list-attributes.ts";
export {
  attributeJsonOf,
  changeAttributeInputOf,
  createAttributeInputOf,
  listAttributesQuery,
  type AttributeJson,
  type ChangeAttributeInput,
  type CreateAttributeInput,
  type ListAttributesQuery,
} from "./schemas.ts";
export { showAttribute } from "./show-attribute.ts";
export { valuesAfter } from "./values-after.ts";
