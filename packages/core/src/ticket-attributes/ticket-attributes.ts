import {
  changeAttribute,
  createAttribute,
  deleteAttribute,
  listAttributes,
  showAttribute,
  TICKET_ATTRIBUTES,
  type ListAttributesQuery,
} from "../attributes/index.ts";
import type { RequestContext } from "../context/index.ts";
import type { Page } from "../paging/index.ts";
import type { ChangeTicketAttributeInput, CreateTicketAttributeInput, TicketAttributeJson } from "./schemas.ts";

// What `core/attributes` does, for tickets.

export function createTicketAttribute(
  ctx: RequestContext,
  input: CreateTicketAttributeInput,
): Promise<TicketAttributeJson> {
  return createAttribute(ctx, TICKET_ATTRIBUTES, input);
}

export function changeTicketAttribute(
  ctx: RequestContext,
  input: ChangeTicketAttributeInput & { id: string },
): Promise<TicketAttributeJson> {
  return changeAttribute(ctx, TICKET_ATTRIBUTES, input);
}

export function deleteTicketAttribute(ctx: RequestContext, input: { id: string }): Promise<void> {
  return deleteAttribute(ctx, TICKET_ATTRIBUTES, input);
}

export function listTicketAttributes(
  ctx: RequestContext,
  query: ListAttributesQuery,
): Promise<Page<TicketAttributeJson>> {
  return listAttributes(ctx, TICKET_ATTRIBUTES, query);
}

export function showTicketAttribute(ctx: RequestContext, input: { id: string }): Promise<TicketAttributeJson> {
  return showAttribute(ctx, TICKET_ATTRIBUTES, input);
}
