import type { Prisma } from "@parley/db";
import { storedTicketFilter, toTicketFilterJson, type TicketFilter } from "../tickets/index.ts";
import type { ViewJson } from "./schemas.ts";

export type ViewRow = Prisma.SavedViewGetPayload<object>;

export function toViewJson(view: ViewRow): ViewJson {
  const { id, name, ownerId, isShared } = view;
  return {
    id,
    name,
    ownerId,
    isShared,
    filter: toTicketFilterJson(storedTicketFilter.parse(view.filter)),
    createdAt: view.createdAt.toISOString(),
    updatedAt: view.updatedAt.toISOString(),
  };
}

/** A filter as its column holds it. */
export function toFilterColumn(filter: TicketFilter): Prisma.InputJsonObject {
  // JSON, so that what is undefined is absent.
  return JSON.parse(JSON.stringify(toTicketFilterJson(filter))) as Prisma.InputJsonObject;
}
