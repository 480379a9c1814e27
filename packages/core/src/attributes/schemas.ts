import { AttributeType } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

const MAX_OPTIONS = 200;

/** The parts of a definition in which what owns it is to be recognised. */
interface Example {
  /** In the names of schemas: "Ticket". */
  name: string;
  /** "tickets" */
  things: string;
  key: string;
  label: string;
  options: [string, string];
}

const fields = (example: Example) => ({
  label: lineText(120).meta({ example: example.label }),
  options: z
    .array(lineText(120))
    .min(1)
    .max(MAX_OPTIONS)
    .refine((all) => new Set(all).size === all.length, "must not name an option twice")
    .meta({ description: "Of a choice, all of them.", example: example.options }),
});

export const attributeJsonOf = ({ name, things, key, label, options }: Example) =>
  z
    .object({
      id: z.uuid(),
      key: z.string().meta({ description: `By which ${things} have it; it never changes.`, example: key }),
      label: z.string().meta({ example: label }),
      type: jsonEnum(AttributeType).meta({ example: "choice" }),
      options: z.array(z.string()).meta({ description: "What a choice chooses from.", example: options }),
      createdAt: timeJson,
      updatedAt: timeJson,
    })
    .meta({ id: `${name}Attribute` });
export type AttributeJson = z.infer<ReturnType<typeof attributeJsonOf>>;

export const createAttributeInputOf = (example: Example) => {
  const { label, options } = fields(example);
  return z
    .strictObject({
      key: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,49}$/, "must be lower_snake, of at most 50 characters, and begin with a letter")
        .meta({ example: example.key }),
      label,
      type: enumInput(AttributeType).meta({ example: "choice" }),
      options: options.optional(),
    })
    .refine(({ type, options: given }) => (type === "CHOICE") === (given !== undefined), {
      path: ["options"],
      message: "must be given for a choice, and for nothing else",
    })
    .meta({ id: `Create${example.name}Attribute` });
};
export type CreateAttributeInput = z.output<ReturnType<typeof createAttributeInputOf>>;

export const changeAttributeInputOf = (example: Example) => {
  const { label, options } = fields(example);
  return z
    .strictObject({ label: label.optional(), options: options.optional() })
    .refine((change) => Object.values(change).some((part) => part !== undefined), "must name what to change")
    .meta({ id: `Change${example.name}Attribute`, example: { label: example.label } });
};
export type ChangeAttributeInput = z.output<ReturnType<typeof changeAttributeInputOf>>;

export const listAttributesQuery = pageQuery;
export type ListAttributesQuery = z.output<typeof listAttributesQuery>;
