import { z } from "zod";
import { bodyText, lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { searchText } from "../search/index.ts";
import { macroAction, macroActionJson, whatItSets } from "./actions.ts";

const MAX_ACTIONS = 20;

export const macroJson = z
  .object({
    id: z.uuid(),
    name: z.string().meta({ example: "Out of stock" }),
    description: z.string().nullable().meta({ example: "Tells the customer, and puts the ticket aside" }),
    actions: z.array(macroActionJson).meta({ example: [{ type: "set_status", status: "pending" }] }),
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "Macro" });
export type MacroJson = z.infer<typeof macroJson>;

const name = lineText(120).meta({ example: "Out of stock" });
const description = bodyText(1_000).meta({ example: "Tells the customer, and puts the ticket aside" });
const actions = z
  .array(macroAction)
  .min(1)
  .max(MAX_ACTIONS)
  .superRefine((all, issues) => {
    const set = new Set<string>();
    for (const [index, action] of all.entries()) {
      const what = whatItSets(action);
      if (what === undefined) continue;
      if (set.has(what))
        issues.addIssue({ code: "custom", path: [index], message: `sets again what is set before: ${what}` });
      set.add(what);
    }
  })
  .meta({
    description: "All of them are done, or none. Messages are written first; a reply needs values for its variables.",
    example: [
      { type: "send_reply", text: "Hello{% if contact.name %} {{ contact.name }}{% endif %}" },
      { type: "set_status", status: "pending" },
    ],
  });

export const listMacrosQuery = pageQuery.extend({
  search: searchText.optional().meta({ description: "Part of the name.", example: "stock" }),
});
export type ListMacrosQuery = z.output<typeof listMacrosQuery>;

export const createMacroInput = z
  .strictObject({ name, description: description.optional(), actions })
  .meta({ id: "CreateMacro" });
export type CreateMacroInput = z.output<typeof createMacroInput>;

export const changeMacroInput = z
  .strictObject({
    name: name.optional(),
    description: description.nullable().optional().meta({ description: "null removes it." }),
    actions: actions.optional(),
  })
  .refine(
    (change) => Object.values(change).some((part) => part !== undefined),
    "must name what to change: name, description or actions",
  )
  .meta({ id: "ChangeMacro" });
export type ChangeMacroInput = z.output<typeof changeMacroInput>;
