import { TicketPriority, TicketStatus } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, lineText, toJsonEnum } from "../json/index.ts";

const MAX_TAGS = 50;

/** The form of a change; what an enum looks like differs between what is asked and what is answered. */
function changeOf<Status extends z.ZodType, Priority extends z.ZodType>(status: Status, priority: Priority) {
  const tags = z
    .array(lineText(80))
    .min(1)
    .max(MAX_TAGS)
    .optional()
    .meta({ example: ["returns"] });
  return z.strictObject({
    status: status.optional().meta({ example: "closed" }),
    priority: priority.optional().meta({ example: "high" }),
    category: lineText(80).nullable().optional().meta({ example: "delivery" }),
    addTags: tags,
    removeTags: tags,
    assigneeId: z.uuid().nullable().optional().meta({ description: "A member of the company; null: nobody." }),
    teamId: z.uuid().nullable().optional().meta({ description: "A team of the company; null: none." }),
  });
}

/** What becomes of each ticket, as it is asked for and as it is stored. */
export const bulkChange = changeOf(enumInput(TicketStatus), enumInput(TicketPriority))
  .refine((change) => Object.values(change).some((part) => part !== undefined), "must name what to change")
  .meta({ example: { status: "closed", addTags: ["returns"] } });
export type BulkChange = z.output<typeof bulkChange>;

/** The same as it is answered. */
export const bulkChangeJson = changeOf(jsonEnum(TicketStatus), jsonEnum(TicketPriority)).meta({
  example: { status: "closed", addTags: ["returns"] },
});
export type BulkChangeJson = z.infer<typeof bulkChangeJson>;

export function toBulkChangeJson({ status, priority, ...same }: BulkChange): BulkChangeJson {
  return {
    ...same,
    ...(status && { status: toJsonEnum(status) }),
    ...(priority && { priority: toJsonEnum(priority) }),
  };
}
