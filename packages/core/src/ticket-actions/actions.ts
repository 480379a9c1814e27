import { TicketPriority, TicketStatus } from "@parley/db";
import { z } from "zod";
import { bodyText, enumInput, jsonEnum, lineText } from "../json/index.ts";
import { MAX_TEMPLATE, TEMPLATE_HELP } from "../text-templates/index.ts";

const MAX_TAGS = 50;
const MINUTES_OF_A_YEAR = 366 * 24 * 60;

/**
 * What can be done to a ticket, by type: macros, rules and drafts choose from it. What an enum looks like differs between
 * what is asked and what is answered.
 */
function actionsWith<Status extends z.ZodType, Priority extends z.ZodType>(status: Status, priority: Priority) {
  const tags = z
    .array(lineText(80))
    .min(1)
    .max(MAX_TAGS)
    .meta({ example: ["returns"] });
  const text = bodyText(MAX_TEMPLATE).meta({ description: TEMPLATE_HELP, example: "Hello {{ contact.name }}" });
  return {
    set_status: z.strictObject({ type: z.literal("set_status"), status }),
    set_priority: z.strictObject({ type: z.literal("set_priority"), priority }),
    set_category: z.strictObject({
      type: z.literal("set_category"),
      category: lineText(80).nullable().meta({ example: "delivery" }),
    }),
    add_tags: z.strictObject({ type: z.literal("add_tags"), tags }),
    remove_tags: z.strictObject({ type: z.literal("remove_tags"), tags }),
    assign_user: z.strictObject({
      type: z.literal("assign_user"),
      userId: z.uuid().nullable().meta({ description: "A member of the company; null: nobody." }),
    }),
    assign_team: z.strictObject({
      type: z.literal("assign_team"),
      teamId: z.uuid().nullable().meta({ description: "A team of the company; null: none." }),
    }),
    snooze: z.strictObject({
      type: z.literal("snooze"),
      minutes: z.int().min(1).max(MINUTES_OF_A_YEAR).meta({ description: "At most a year.", example: 60 }),
    }),
    set_attribute: z.strictObject({
      type: z.literal("set_attribute"),
      key: lineText(80).meta({ example: "shop_floor" }),
      value: z
        .union([z.string(), z.number(), z.boolean()])
        .nullable()
        .meta({ description: "null takes it away.", example: "second" }),
    }),
    add_note: z.strictObject({ type: z.literal("add_note"), text }),
    send_reply: z.strictObject({ type: z.literal("send_reply"), text }),
  };
}

/** As they are asked for, and stored. */
export const ticketActions = actionsWith(enumInput(TicketStatus), enumInput(TicketPriority));
/** As they are answered. */
export const ticketActionsJson = actionsWith(jsonEnum(TicketStatus), jsonEnum(TicketPriority));

export type TicketAction = {
  [Type in keyof typeof ticketActions]: z.output<(typeof ticketActions)[Type]>;
}[keyof typeof ticketActions];
export type TicketActionJson = {
  [Type in keyof typeof ticketActionsJson]: z.infer<(typeof ticketActionsJson)[Type]>;
}[keyof typeof ticketActionsJson];

/** What of a ticket an action sets, so that another one that sets it as well would undo it. */
export function whatActionSets(action: TicketAction): string | undefined {
  switch (action.type) {
    case "set_attribute":
      return `the attribute ${action.key}`;
    case "set_status":
    case "set_priority":
    case "set_category":
    case "assign_user":
    case "assign_team":
    case "snooze":
      return action.type;
    case "add_tags":
    case "remove_tags":
    case "add_note":
    case "send_reply":
      return undefined;
  }
}
