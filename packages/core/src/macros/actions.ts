import { z } from "zod";
import { ticketActions, ticketActionsJson, whatActionSets } from "../ticket-actions/index.ts";

/** As a ticket's action, but whoever runs the macro can be meant. */
const assignUser = z.strictObject({
  type: z.literal("assign_user"),
  userId: z
    .union([z.uuid(), z.literal("me")])
    .nullable()
    .meta({ description: "A member of the company; me: whoever runs it; null: nobody.", example: "me" }),
});
const follow = z.strictObject({ type: z.literal("follow") });

function actionOf<Actions extends typeof ticketActions | typeof ticketActionsJson>(actions: Actions) {
  return z.discriminatedUnion("type", [
    actions.set_status as Actions["set_status"],
    actions.set_priority as Actions["set_priority"],
    actions.set_category,
    actions.add_tags,
    actions.remove_tags,
    assignUser,
    actions.assign_team,
    actions.snooze,
    actions.set_attribute,
    actions.add_note,
    actions.send_reply,
    follow,
  ]);
}

/** What a macro does, as it is asked for and as it is stored. */
export const macroAction = actionOf(ticketActions);
export type MacroAction = z.output<typeof macroAction>;

/** The same as it is answered. */
export const macroActionJson = actionOf(ticketActionsJson).meta({ id: "MacroAction" });
export type MacroActionJson = z.infer<typeof macroActionJson>;

/** An action with its place in the macro, counted from 0. */
export interface MacroStep {
  index: number;
  action: MacroAction;
}

/** What of a ticket an action sets, so that another one of the macro that sets it as well would undo it. */
export function whatItSets(action: MacroAction): string | undefined {
  if (action.type === "follow" || action.type === "assign_user") return action.type;
  return whatActionSets(action);
}
