import { z } from "zod";
import { lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { storedTicketFilter, ticketFilterJson } from "../tickets/index.ts";

const NAME = "Mine, urgent";

export const viewJson = z
  .object({
    id: z.uuid(),
    name: z.string().meta({ example: NAME }),
    ownerId: z.uuid(),
    isShared: z.boolean().meta({ description: "Whether all members see it, or its owner alone." }),
    filter: ticketFilterJson,
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "View" });
export type ViewJson = z.infer<typeof viewJson>;

export const viewCountJson = z
  .object({
    viewId: z.uuid(),
    count: z.int().meta({ description: "How many tickets it shows, or 1000 if they are more.", example: 12 }),
    isCapped: z.boolean().meta({ description: "Whether they are more." }),
  })
  .meta({ id: "ViewCount" });
export type ViewCountJson = z.infer<typeof viewCountJson>;

const name = lineText(120).meta({ example: NAME });
const isShared = z.boolean().meta({ description: "Whether all members are to see it (MANAGER).", example: false });

export const createViewInput = z
  .strictObject({ name, filter: storedTicketFilter, isShared: isShared.optional() })
  .meta({ id: "CreateView" });
export type CreateViewInput = z.output<typeof createViewInput>;

export const changeViewInput = z
  .strictObject({
    name: name.optional(),
    filter: storedTicketFilter.optional().meta({ description: "All of it." }),
    isShared: isShared.optional(),
  })
  .refine(
    (change) => Object.values(change).some((part) => part !== undefined),
    "must name what to change: name, filter or isShared",
  )
  .meta({ id: "ChangeView" });
export type ChangeViewInput = z.output<typeof changeViewInput>;

export const listViewsQuery = pageQuery;
export type ListViewsQuery = z.output<typeof listViewsQuery>;
