import { TicketPriority, TicketStatus } from "@parley/db";
import { z } from "zod";
import { bodyText, enumInput, jsonEnum, lineText } from "../json/index.ts";
import { MAX_TEMPLATE, TEMPLATE_HELP } from "../text-templates/index.ts";

const MAX_TAGS = 50;
const MINUTES_OF_A_YEAR = 366 * 24 * 60;

/** The form of each action; what an enum looks like differs between what is asked and what is answered. */
function actionOf<Status extends z.ZodType, Priority extends z.ZodType>(status: Status, priority: Priority) {
  const tags = z
    .array(lineText(80))
    .min(1)
    .max(MAX_TAGS)
    .meta({ example: ["returns"] });
  const text = bodyText(MAX_TEMPLATE).meta({ description: TEMPLATE_HELP, example: "Hello {{ contact.name }}" });
  return z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("set_status"), status }),
    z.strictObject({ type: z.literal("set_priority"), priority }),
    z.strictObject({
      type: z.literal("set_category"),
      category: lineText(80).nullable().meta({ example: "delivery" }),
    }),
    z.strictObject({ type: z.literal("add_tags"), tags }),
    z.strictObject({ type: z.literal("remove_tags"), tags }),
    z.strictObject({
      type: z.literal("assign_user"),
      userId: z
        .union([z.uuid(), z.literal("me")])
        .nullable()
        .meta({ description: "A member of the company; me: whoever runs it; null: nobody.", example: "me" }),
    }),
    z.strictObject({
      type: z.literal("assign_team"),
      teamId: z.uuid().nullable().meta({ description: "A team of the company; null: none." }),
    }),
    z.strictObject({
      type: z.literal("snooze"),
      minutes: z.int().min(1).max(MINUTES_OF_A_YEAR).meta({ description: "At most a year.", example: 60 }),
    }),
    z.strictObject({
      type: z.literal("set_attribute"),
      key: lineText(80).meta({ example: "shop_floor" }),
      value: z
        .union([z.string(), z.number(), z.boolean()])
        .nullable()
        .meta({ description: "null takes it away.", example: "second" }),
    }),
    z.strictObject({ type: z.literal("add_note"), text }),
    z.strictObject({ type: z.literal("send_reply"), text }),
    z.strictObject({ type: z.literal("follow") }),
  ]);
}

/** What a macro does, as it is asked for and as it is stored. */
export const macroAction = actionOf(enumInput(TicketStatus), enumInput(TicketPriority));
export type MacroAction = z.output<typeof macroAction>;

/** The same as it is answered. */
export const macroActionJson = actionOf(jsonEnum(TicketStatus), jsonEnum(TicketPriority)).meta({ id: "MacroAction" });
export type MacroActionJson = z.infer<typeof macroActionJson>;

/** An action with its place in the macro, counted from 0. */
export interface MacroStep {
  index: number;
  action: MacroAction;
}

/** What of a ticket an action sets, so that another one of the macro that sets it as well would undo it. */
export function whatItSets(action: MacroAction): string | undefined {
  switch (action.type) {
    case "set_attribute":
      return `the attribute ${action.key}`;
    case "set_status":
    case "set_priority":
    case "set_category":
    case "assign_user":
    case "assign_team":
    case "snooze":
    case "follow":
      return action.type;
    case "add_tags":
    case "remove_tags":
    case "add_note":
    case "send_reply":
      return undefined;
  }
}
