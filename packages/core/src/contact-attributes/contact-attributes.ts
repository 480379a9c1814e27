import {
  changeAttribute,
  createAttribute,
  deleteAttribute,
  listAttributes,
  showAttribute,
  CONTACT_ATTRIBUTES,
  type ListAttributesQuery,
} from "../attributes/index.ts";
import type { RequestContext } from "../context/index.ts";
import type { Page } from "../paging/index.ts";
import type { ChangeContactAttributeInput, CreateContactAttributeInput, ContactAttributeJson } from "./schemas.ts";

// What `core/attributes` does, for contacts.

export function createContactAttribute(
  ctx: RequestContext,
  input: CreateContactAttributeInput,
): Promise<ContactAttributeJson> {
  return createAttribute(ctx, CONTACT_ATTRIBUTES, input);
}

export function changeContactAttribute(
  ctx: RequestContext,
  input: ChangeContactAttributeInput & { id: string },
): Promise<ContactAttributeJson> {
  return changeAttribute(ctx, CONTACT_ATTRIBUTES, input);
}

export function deleteContactAttribute(ctx: RequestContext, input: { id: string }): Promise<void> {
  return deleteAttribute(ctx, CONTACT_ATTRIBUTES, input);
}

export function listContactAttributes(
  ctx: RequestContext,
  query: ListAttributesQuery,
): Promise<Page<ContactAttributeJson>> {
  return listAttributes(ctx, CONTACT_ATTRIBUTES, query);
}

export function showContactAttribute(ctx: RequestContext, input: { id: string }): Promise<ContactAttributeJson> {
  return showAttribute(ctx, CONTACT_ATTRIBUTES, input);
}
