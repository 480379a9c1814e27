import { Channel, IdentifierType } from "@parley/db";
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

const tag = lineText(80).meta({ example: "vip" });
const attribute = attributeFilter("loyalty_tier:gold");

const described = {
  tag: "Those that have all of these.",
  attribute: "Values of the company's own attributes, as key:value; those that have all of these.",
  identifierType: "Those that are known by any of these.",
  inboxId: "Those with a conversation in any of these.",
  channel: "Those with a conversation on any of these.",
  seen: "By when they wrote last.",
  isBlocked: "Whether they are blocked.",
  hasOpenTicket: "Whether they have a ticket that is not resolved or closed.",
  hasConversation: "Whether they have any conversation.",
  search: "Part of a name or of an identifier's value.",
};

/** What has the same form in a query string and in JSON. */
const common = {
  search: searchText.optional().meta({ description: described.search }),
  createdAfter: timeInput.optional(),
  createdBefore: timeInput.optional(),
  lastSeenAfter: timeInput.optional().meta({ description: described.seen }),
  lastSeenBefore: timeInput.optional().meta({ description: described.seen }),
};

/** Which contacts are meant, as a query string says it: several values are separated by commas, tags are repeated. */
export const contactFilterInput = z.strictObject({
  tag: repeated(tag).meta({ description: described.tag }),
  attribute: repeated(attribute).meta({ description: described.attribute }),
  identifierType: commaSeparated(enumInput(IdentifierType), "whatsapp,email").meta({
    description: described.identifierType,
  }),
  inboxId: commaSeparated(z.uuid(), "019c1234-5678-7436-836f-a83bc726e1c1").meta({ description: described.inboxId }),
  channel: commaSeparated(enumInput(Channel), "whatsapp").meta({ description: described.channel }),
  ...common,
  isBlocked: queryBoolean().meta({ description: described.isBlocked }),
  hasOpenTicket: queryBoolean().meta({ description: described.hasOpenTicket }),
  hasConversation: queryBoolean().meta({ description: described.hasConversation }),
});

/** The same as JSON: that of segments. */
export const storedContactFilter = z
  .strictObject({
    tag: z
      .array(tag)
      .min(1)
      .max(MAX_TAGS)
      .optional()
      .meta({ description: described.tag, example: ["vip"] }),
    attribute: z
      .array(attribute)
      .min(1)
      .max(MAX_TAGS)
      .optional()
      .meta({ description: described.attribute, example: ["loyalty_tier:gold"] }),
    identifierType: several(enumInput(IdentifierType)).meta({
      description: described.identifierType,
      example: ["whatsapp"],
    }),
    inboxId: several(z.uuid()).meta({ description: described.inboxId }),
    channel: several(enumInput(Channel)).meta({ description: described.channel, example: ["whatsapp"] }),
    ...common,
    isBlocked: z.boolean().optional().meta({ description: described.isBlocked }),
    hasOpenTicket: z.boolean().optional().meta({ description: described.hasOpenTicket }),
    hasConversation: z.boolean().optional().meta({ description: described.hasConversation }),
  })
  .meta({ id: "GivenContactFilter", example: { tag: ["vip"], hasOpenTicket: true } });

/** Which contacts are meant: what is named, and all of it. */
export type ContactFilter = z.output<typeof storedContactFilter>;

/** How a filter is stored and answered. */
export const contactFilterJson = z
  .object({
    tag: z
      .array(z.string())
      .optional()
      .meta({ example: ["vip"] }),
    attribute: z
      .array(z.string())
      .optional()
      .meta({ example: ["loyalty_tier:gold"] }),
    identifierType: z.array(jsonEnum(IdentifierType)).optional(),
    inboxId: z.array(z.uuid()).optional(),
    channel: z.array(jsonEnum(Channel)).optional(),
    search: z.string().optional().meta({ example: "4711" }),
    createdAfter: timeJson.optional(),
    createdBefore: timeJson.optional(),
    lastSeenAfter: timeJson.optional(),
    lastSeenBefore: timeJson.optional(),
    isBlocked: z.boolean().optional(),
    hasOpenTicket: z.boolean().optional(),
    hasConversation: z.boolean().optional(),
  })
  .meta({ id: "ContactFilter" });
export type ContactFilterJson = z.infer<typeof contactFilterJson>;

export function toContactFilterJson(filter: ContactFilter): ContactFilterJson {
  const { identifierType, channel, createdAfter, createdBefore, lastSeenAfter, lastSeenBefore, ...same } = filter;
  return {
    ...same,
    ...(identifierType && { identifierType: identifierType.map(toJsonEnum) }),
    ...(channel && { channel: channel.map(toJsonEnum) }),
    ...(createdAfter && { createdAfter: createdAfter.toISOString() }),
    ...(createdBefore && { createdBefore: createdBefore.toISOString() }),
    ...(lastSeenAfter && { lastSeenAfter: lastSeenAfter.toISOString() }),
    ...(lastSeenBefore && { lastSeenBefore: lastSeenBefore.toISOString() }),
  };
}

function several<Item extends z.ZodType>(item: Item) {
  return z.array(item).min(1).max(MAX_VALUES).optional();
}
