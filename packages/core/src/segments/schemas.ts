import { z } from "zod";
import { contactFilterJson, storedContactFilter } from "../contacts/index.ts";
import { lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

const NAME = "Regulars";

export const segmentJson = z
  .object({
    id: z.uuid(),
    name: z.string().meta({ example: NAME }),
    ownerId: z.uuid(),
    isShared: z.boolean().meta({ description: "Whether all members see it, or its owner alone." }),
    filter: contactFilterJson,
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "Segment" });
export type SegmentJson = z.infer<typeof segmentJson>;

export const segmentCountJson = z
  .object({
    count: z.int().meta({ description: "How many contacts are in it, or 100000 if they are more.", example: 12 }),
    isCapped: z.boolean().meta({ description: "Whether they are more." }),
  })
  .meta({ id: "SegmentCount" });
export type SegmentCountJson = z.infer<typeof segmentCountJson>;

const name = lineText(120).meta({ example: NAME });
const isShared = z.boolean().meta({ description: "Whether all members are to see it (MANAGER).", example: false });

export const createSegmentInput = z
  .strictObject({ name, filter: storedContactFilter, isShared: isShared.optional() })
  .meta({ id: "CreateSegment" });
export type CreateSegmentInput = z.output<typeof createSegmentInput>;

export const changeSegmentInput = z
  .strictObject({
    name: name.optional(),
    filter: storedContactFilter.optional().meta({ description: "All of it." }),
    isShared: isShared.optional(),
  })
  .refine(
    (change) => Object.values(change).some((part) => part !== undefined),
    "must name what to change: name, filter or isShared",
  )
  .meta({ id: "ChangeSegment" });
export type ChangeSegmentInput = z.output<typeof changeSegmentInput>;

export const listSegmentsQuery = pageQuery;
export type ListSegmentsQuery = z.output<typeof listSegmentsQuery>;
