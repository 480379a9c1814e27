import type { Prisma } from "@parley/db";
import { storedContactFilter, toContactFilterJson, type ContactFilter } from "../contacts/index.ts";
import type { SegmentJson } from "./schemas.ts";

export type SegmentRow = Prisma.SegmentGetPayload<object>;

export function toSegmentJson(segment: SegmentRow): SegmentJson {
  const { id, name, ownerId, isShared } = segment;
  return {
    id,
    name,
    ownerId,
    isShared,
    filter: toContactFilterJson(storedContactFilter.parse(segment.filter)),
    createdAt: segment.createdAt.toISOString(),
    updatedAt: segment.updatedAt.toISOString(),
  };
}

/** A filter as its column holds it. */
export function toFilterColumn(filter: ContactFilter): Prisma.InputJsonObject {
  // JSON, so that what is undefined is absent.
  return JSON.parse(JSON.stringify(toContactFilterJson(filter))) as Prisma.InputJsonObject;
}
