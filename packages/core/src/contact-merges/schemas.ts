import { z } from "zod";
import { contactJson } from "../contacts/index.ts";
import { timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

export const mergeContactInput = z
  .strictObject({ sourceId: z.uuid().meta({ description: "The contact that is to become a part of this one." }) })
  .meta({ id: "MergeContact" });
export type MergeContactInput = z.output<typeof mergeContactInput>;

export const mergedContactJson = contactJson
  .extend({
    merge: z.object({
      id: z.uuid().meta({ description: "By which it can be undone." }),
      undoableUntil: timeJson,
    }),
  })
  .meta({ id: "MergedContact" });
export type MergedContactJson = z.infer<typeof mergedContactJson>;

export const undoneMergeJson = z
  .object({
    target: contactJson.meta({ description: "The contact that the other one was merged into." }),
    source: contactJson.meta({ description: "The contact that there is again." }),
  })
  .meta({ id: "UndoneMerge" });
export type UndoneMergeJson = z.infer<typeof undoneMergeJson>;

export const contactMergeJson = z
  .object({
    id: z.uuid(),
    sourceId: z.uuid(),
    targetId: z.uuid(),
    mergedBy: z.uuid().nullable().meta({ description: "A member, or an API key." }),
    mergedAt: timeJson,
    undoableUntil: timeJson.nullable().meta({ description: "Null: it cannot be undone any more." }),
    undoneAt: timeJson.nullable().meta({ example: null }),
  })
  .meta({ id: "ContactMerge" });
export type ContactMergeJson = z.infer<typeof contactMergeJson>;

export const listContactMergesQuery = pageQuery;
export type ListContactMergesQuery = z.output<typeof listContactMergesQuery>;
