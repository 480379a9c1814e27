import { AttributeType } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

const MAX_OPTIONS = 200;

export const ticketAttributeJson = z
  .object({
    id: z.uuid(),
    key: z.string().meta({ description: "By which tickets have it; it never changes.", example: "shop_floor" }),
    label: z.string().meta({ example: "Shop floor" }),
    type: jsonEnum(AttributeType).meta({ example: "choice" }),
    options: z.array(z.string()).meta({ description: "What a choice chooses from.", example: ["first", "second"] }),
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "TicketAttribute" });
export type TicketAttributeJson = z.infer<typeof ticketAttributeJson>;

const label = lineText(120).meta({ example: "Shop floor" });
const options = z
  .array(lineText(120))
  .min(1)
  .max(MAX_OPTIONS)
  .refine((all) => new Set(all).size === all.length, "must not name an option twice")
  .meta({ description: "Of a choice, all of them.", example: ["first", "second"] });

export const createTicketAttributeInput = z
  .strictObject({
    key: z
      .string()
      .regex(/^[a-z][a-z0-9_]{0,49}$/, "must be lower_snake, of at most 50 characters, and begin with a letter")
      .meta({ example: "shop_floor" }),
    label,
    type: enumInput(AttributeType).meta({ example: "choice" }),
    options: options.optional(),
  })
  .refine(({ type, options: given }) => (type === "CHOICE") === (given !== undefined), {
    path: ["options"],
    message: "must be given for a choice, and for nothing else",
  })
  .meta({ id: "CreateTicketAttribute" });
export type CreateTicketAttributeInput = z.output<typeof createTicketAttributeInput>;

export const changeTicketAttributeInput = z
  .strictObject({ label: label.optional(), options: options.optional() })
  .refine((change) => Object.values(change).some((part) => part !== undefined), "must name what to change")
  .meta({ id: "ChangeTicketAttribute", example: { label: "Shop floor" } });
export type ChangeTicketAttributeInput = z.output<typeof changeTicketAttributeInput>;

export const listTicketAttributesQuery = pageQuery;
export type ListTicketAttributesQuery = z.output<typeof listTicketAttributesQuery>;
