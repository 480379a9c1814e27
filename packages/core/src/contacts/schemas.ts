import { IdentifierType } from "@parley/db";
import { z } from "zod";
import { jsonEnum, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { searchText } from "../search/index.ts";

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
    identifiers: z.array(identifierJson),
    tags: z.array(z.string()).meta({ example: ["vip"] }),
    blockedAt: timeJson
      .nullable()
      .meta({ description: "Since when what they write makes no work and nothing is sent to them.", example: null }),
    metadata: z
      .record(z.string(), z.unknown())
      .meta({ description: "The company's own.", example: { customerNumber: "4711" } }),
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "Contact" });
export type ContactJson = z.infer<typeof contactJson>;

export const listContactsQuery = pageQuery.extend({
  search: searchText.optional().meta({ description: "Part of a name or of an identifier's value." }),
});
export type ListContactsQuery = z.output<typeof listContactsQuery>;
