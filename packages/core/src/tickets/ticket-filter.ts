import { Channel, SlaState, TicketPriority, TicketStatus } from "@parley/db";
import { z } from "zod";
import { attributeFilter } from "../attributes/index.ts";
import {
  commaSeparated,
  enumInput,
  jsonEnum,
  lineText,
  queryBoolean,
  repeated,
  timeInput,
  timeJson,
  toJsonEnum,
} from "../json/index.ts";
import { searchText } from "../search/index.ts";

const MAX_VALUES = 50;
const MAX_TAGS = 10;

const none = "none: those that have none.";
const holder = z.union([z.uuid(), z.enum(["me", "none"])]);
const team = z.union([z.uuid(), z.enum(["none"])]);
const tag = lineText(80).meta({ example: "returns" });
const attribute = attributeFilter("shop_floor:second");

const described = {
  assigneeId: `A member, or me. ${none}`,
  teamId: `A team. ${none}`,
  tag: "Those that have all of these.",
  attribute: "Values of the company's own attributes, as key:value; those that have all of these.",
  search:
    "A ticket's number or order reference, or words of its subject, of which the last may be the beginning of one. " +
    "A list means the newest 1,000 that have them.",
  isSnoozed: "Whether it is put aside.",
  unread: "Whether the customer wrote since you last read the conversation. Muted conversations are not unread.",
  followedBy: "Those that you follow.",
  mentioning: "Those with a note that mentions you.",
  slaState: "The worst of what is promised about it and is open; none: nothing is.",
};

/** What has the same form in a query string and in JSON. */
const common = {
  assigneeId: holder.optional().meta({ description: described.assigneeId }),
  teamId: team.optional().meta({ description: described.teamId }),
  contactId: z.uuid().optional(),
  category: lineText(80).optional().meta({ example: "delivery" }),
  orderRef: lineText(120).optional().meta({ example: "4711" }),
  search: searchText.optional().meta({ description: described.search }),
  followedBy: z.literal("me").optional().meta({ description: described.followedBy }),
  mentioning: z.literal("me").optional().meta({ description: described.mentioning }),
  createdAfter: timeInput.optional(),
  createdBefore: timeInput.optional(),
  updatedAfter: timeInput.optional(),
};

/** Which tickets are meant, as a query string says it: several values are separated by commas, tags are repeated. */
export const ticketFilterInput = z.strictObject({
  status: commaSeparated(enumInput(TicketStatus), "open,pending"),
  priority: commaSeparated(enumInput(TicketPriority), "high,urgent"),
  channel: commaSeparated(enumInput(Channel), "whatsapp"),
  inboxId: commaSeparated(z.uuid(), "019c1234-5678-7436-836f-a83bc726e1c1"),
  ...common,
  tag: repeated(tag).meta({ description: described.tag }),
  attribute: repeated(attribute).meta({ description: described.attribute }),
  isSnoozed: queryBoolean().meta({ description: described.isSnoozed }),
  slaState: commaSeparated(enumInput(SlaState), "breached,at_risk").meta({ description: described.slaState }),
  unread: queryBoolean().meta({ description: described.unread }),
});

/** The same as JSON: that of saved views and bulk jobs. */
export const storedTicketFilter = z
  .strictObject({
    status: several(enumInput(TicketStatus)).meta({ example: ["open", "pending"] }),
    priority: several(enumInput(TicketPriority)).meta({ example: ["high"] }),
    channel: several(enumInput(Channel)).meta({ example: ["whatsapp"] }),
    inboxId: several(z.uuid()),
    ...common,
    tag: z
      .array(tag)
      .min(1)
      .max(MAX_TAGS)
      .optional()
      .meta({ description: described.tag, example: ["returns"] }),
    attribute: z
      .array(attribute)
      .min(1)
      .max(MAX_TAGS)
      .optional()
      .meta({ description: described.attribute, example: ["shop_floor:second"] }),
    isSnoozed: z.boolean().optional().meta({ description: described.isSnoozed }),
    slaState: several(enumInput(SlaState)).meta({ description: described.slaState, example: ["breached"] }),
    unread: z.boolean().optional().meta({ description: described.unread }),
  })
  .meta({ id: "GivenTicketFilter", example: { status: ["open"], assigneeId: "none", tag: ["returns"] } });

/** Which tickets are meant: what is named, and all of it. `me` is whoever asks. */
export type TicketFilter = z.output<typeof storedTicketFilter>;

/** How a filter is stored and answered. */
export const ticketFilterJson = z
  .object({
    status: z.array(jsonEnum(TicketStatus)).optional(),
    priority: z.array(jsonEnum(TicketPriority)).optional(),
    channel: z.array(jsonEnum(Channel)).optional(),
    inboxId: z.array(z.uuid()).optional(),
    assigneeId: holder.optional(),
    teamId: team.optional(),
    contactId: z.uuid().optional(),
    category: z.string().optional().meta({ example: "delivery" }),
    orderRef: z.string().optional().meta({ example: "4711" }),
    search: z.string().optional().meta({ example: "4711" }),
    followedBy: z.literal("me").optional(),
    mentioning: z.literal("me").optional(),
    createdAfter: timeJson.optional(),
    createdBefore: timeJson.optional(),
    updatedAfter: timeJson.optional(),
    tag: z
      .array(z.string())
      .optional()
      .meta({ example: ["returns"] }),
    attribute: z
      .array(z.string())
      .optional()
      .meta({ example: ["shop_floor:second"] }),
    isSnoozed: z.boolean().optional(),
    slaState: z.array(jsonEnum(SlaState)).optional(),
    unread: z.boolean().optional(),
  })
  .meta({ id: "TicketFilter" });
export type TicketFilterJson = z.infer<typeof ticketFilterJson>;

export function toTicketFilterJson(filter: TicketFilter): TicketFilterJson {
  const { status, priority, channel, slaState, createdAfter, createdBefore, updatedAfter, ...same } = filter;
  return {
    ...same,
    ...(status && { status: status.map(toJsonEnum) }),
    ...(priority && { priority: priority.map(toJsonEnum) }),
    ...(channel && { channel: channel.map(toJsonEnum) }),
    ...(slaState && { slaState: slaState.map(toJsonEnum) }),
    ...(createdAfter && { createdAfter: createdAfter.toISOString() }),
    ...(createdBefore && { createdBefore: createdBefore.toISOString() }),
    ...(updatedAfter && { updatedAfter: updatedAfter.toISOString() }),
  };
}

function several<Item extends z.ZodType>(item: Item) {
  return z.array(item).min(1).max(MAX_VALUES).optional();
}
