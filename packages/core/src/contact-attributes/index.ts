export { listAttributesQuery as listContactAttributesQuery } from "../attributes/index.ts";
export {
  changeContactAttributeInput,
  createContactAttributeInput,
  contactAttributeJson,
  type ChangeContactAttributeInput,
  type CreateContactAttributeInput,
  type ContactAttributeJson,
} from "./schemas.ts";
export {
  changeContactAttribute,
  createContactAttribute,
  deleteContactAttribute,
  listContactAttributes,
  showContactAttribute,
} from "./contact-attributes.ts";
