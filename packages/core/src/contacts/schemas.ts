import { IdentifierType } from "@parley/db";
import { z } from "zod";
import { attributeValue } from "../attributes/index.ts";
import { commaSeparated, enumInput, jsonEnum, lineText, timeJson } from "../json/index.ts";
import { fieldsQuery } from "../listed/index.ts";
import { pageQuery } from "../paging/index.ts";
import { contactFilterInput } from "./contact-filter.ts";
import { metadataInput } from "./metadata.ts";

const MAX_TAGS = 50;
const MAX_IDENTIFIERS = 50;
const MAX_NAME = 200;

export const identifierJson = z
  .object({
    type: jsonEnum(IdentifierType),
    value: z.string().meta({ example: "+4915112345678" }),
    isPrimary: z.boolean().meta({ description: "Shown and used first.", example: true }),
  })
  .meta({ id: "ContactIdentifier" });
export type IdentifierJson = z.infer<typeof identifierJson>;

export const contactJson = z
  .object({
    id: z.uuid(),
    name: z.string().nullable().meta({ example: "Customer One" }),
    email: z.string().nullable().meta({ description: "The first of its e-mails.", example: "one@customers.example" }),
    phone: z
      .string()
      .nullable()
      .meta({ description: "The first of its numbers, else of those on WhatsApp.", example: "+4915112345678" }),
    identifiers: z.array(identifierJson),
    tags: z.array(z.string()).meta({ example: ["vip"] }),
    attributes: z.record(z.string(), attributeValue).meta({
      description: "The company's own attributes, by their keys; see GET /contact-attributes.",
      example: { loyalty_tier: "gold" },
    }),
    blockedAt: timeJson
      .nullable()
      .meta({ description: "Since when what they write makes no work and nothing is sent to them.", example: null }),
    erasedAt: timeJson.nullable().meta({
      description: "Since when it is what is left of somebody who was erased; null: they are there.",
      example: null,
    }),
    metadata: z
      .record(z.string(), z.unknown())
      .meta({ description: "The company's own, kept as it is.", example: { customerNumber: "4711" } }),
    createdAt: timeJson,
    updatedAt: timeJson,
    version: z.int().meta({ description: "Counts up with every change." }),
  })
  .meta({ id: "Contact" });
export type ContactJson = z.infer<typeof contactJson>;

const activityJson = z.object({
  lastSeenAt: timeJson.nullable().meta({ description: "When they wrote last; null: never." }),
  conversations: z.int().meta({ example: 2 }),
  unfinishedTickets: z.int().meta({ example: 1 }),
});

/** In lists, with what `fields` and `include` say. */
export const listedContactJson = contactJson
  .partial()
  .required({ id: true })
  .extend({ activity: activityJson.optional().meta({ description: "Where include says so." }) })
  .meta({ id: "ListedContact" });
export type ListedContactJson = z.infer<typeof listedContactJson>;

const name = lineText(MAX_NAME).meta({ example: "Customer One" });
const email = z.string().max(MAX_NAME).meta({ example: "one@customers.example" });
const phone = z
  .string()
  .max(MAX_NAME)
  .meta({ description: "With its country code, or in the country of the settings.", example: "+49 151 12345678" });
const tag = lineText(80);
const someTags = z
  .array(tag)
  .max(MAX_TAGS)
  .transform((tags) => [...new Set(tags)]);
const identifiers = z
  .array(
    z.strictObject({
      type: enumInput(IdentifierType).meta({ example: "whatsapp" }),
      value: z.string().max(300).meta({ example: "+4915112345678" }),
      isPrimary: z.boolean().optional().meta({ description: "Default: of each type the first one." }),
    }),
  )
  .max(MAX_IDENTIFIERS);
const attributes = z.record(lineText(80), attributeValue.nullable()).meta({
  description: "Those to be set, by their keys; null takes one away. What is not named stays.",
  example: { loyalty_tier: "gold" },
});

export const createContactInput = z
  .strictObject({
    name: name.optional(),
    email: email.optional(),
    phone: phone.optional(),
    identifiers: identifiers.optional(),
    tags: someTags.optional().meta({ example: ["vip"] }),
    metadata: metadataInput.optional(),
    attributes: attributes.optional(),
    ifKnown: z.enum(["refuse", "use"]).default("refuse").meta({
      description:
        "What to do when somebody has one of the identifiers: refuse, or use that contact (200), which gets the other identifiers, and the name if it has none; nothing else of it changes.",
    }),
  })
  .refine(
    (contact) =>
      contact.name !== undefined ||
      contact.email !== undefined ||
      contact.phone !== undefined ||
      (contact.identifiers ?? []).length > 0,
    "must have a name, an email, a phone or an identifier",
  )
  .meta({ id: "CreateContact", example: { name: "Customer One", phone: "+49 151 12345678" } });
export type CreateContactInput = z.output<typeof createContactInput>;

export const changeContactInput = z
  .strictObject({
    name: name.nullable().optional(),
    email: email
      .nullable()
      .optional()
      .meta({ description: "Becomes the first of its e-mails; null takes all of them away." }),
    phone: phone
      .nullable()
      .optional()
      .meta({ description: "Becomes the first of its numbers; null takes all of them away, but those on WhatsApp." }),
    identifiers: identifiers.optional().meta({ description: "All of them." }),
    tags: someTags.optional().meta({ description: "All of them.", example: ["vip"] }),
    addTags: someTags.optional().meta({ example: ["vip"] }),
    removeTags: someTags.optional().meta({ example: ["new"] }),
    metadata: metadataInput.optional().meta({ description: "All of it." }),
    attributes: attributes.optional(),
  })
  .refine((change) => Object.values(change).some((part) => part !== undefined), "must name what to change")
  .refine(({ tags, addTags, removeTags }) => tags === undefined || (addTags ?? removeTags) === undefined, {
    path: ["tags"],
    message: "must be all of them, or be left out where some are added or removed",
  })
  .meta({ id: "ChangeContact", example: { name: "Customer One", addTags: ["vip"] } });
export type ChangeContactInput = z.output<typeof changeContactInput>;

export const listContactsQuery = pageQuery.extend({
  ...contactFilterInput.shape,
  segmentId: z
    .uuid()
    .optional()
    .meta({ description: "Those of a saved segment, among which the other filters choose." }),
  fields: fieldsQuery(contactJson, "id,name"),
  include: commaSeparated(z.enum(["activity"]), "activity").meta({
    description: "activity: when they wrote last, and how many conversations and unfinished tickets they have.",
  }),
});
export type ListContactsQuery = z.output<typeof listContactsQuery>;

const oneOf = "Exactly one of phone, email, externalId and identifier.";

export const lookUpContactsQuery = z
  .strictObject({
    phone: phone.optional().meta({ description: `A number, on WhatsApp as well. ${oneOf}` }),
    email: email.optional(),
    externalId: lineText(MAX_NAME)
      .optional()
      .meta({ description: "What the company itself calls them.", example: "4711" }),
    identifier: z.string().max(300).optional().meta({ description: "A value of the type.", example: "A1B2C3" }),
    type: enumInput(IdentifierType).optional().meta({ example: "amazon" }),
  })
  .refine(
    ({ phone: number, email: mail, externalId, identifier }) =>
      [number, mail, externalId, identifier].filter((given) => given !== undefined).length === 1,
    "must name exactly one of phone, email, externalId and identifier",
  )
  .refine(({ identifier, type }) => (identifier === undefined) === (type === undefined), {
    path: ["type"],
    message: "must be given with identifier, and only then",
  });
export type LookUpContactsQuery = z.output<typeof lookUpContactsQuery>;

export const contactTagJson = z
  .object({ tag: z.string().meta({ example: "vip" }), contacts: z.int().meta({ example: 12 }) })
  .meta({ id: "ContactTag" });
export type ContactTagJson = z.infer<typeof contactTagJson>;

export const MAX_CONTACT_TAGS = MAX_TAGS;
