import { z } from "zod";
import { ticketActions, ticketActionsJson } from "../ticket-actions/index.ts";

/** What only escalations do. */
const own = {
  escalate: z.strictObject({ type: z.literal("escalate") }).meta({ description: "The ticket becomes escalated." }),
  notify_user: z
    .strictObject({ type: z.literal("notify_user"), userId: z.uuid() })
    .meta({ description: "They have a mail and follow the ticket from then on." }),
  notify_team_leads: z
    .strictObject({ type: z.literal("notify_team_leads") })
    .meta({ description: "The leads of the ticket's team have a mail and follow it from then on." }),
};

/** What an escalation does to a ticket. */
export const stepAction = z.discriminatedUnion("type", [
  own.escalate,
  own.notify_user,
  own.notify_team_leads,
  ticketActions.set_priority,
  ticketActions.assign_user,
  ticketActions.assign_team,
  ticketActions.add_tags,
]);
export type StepAction = z.output<typeof stepAction>;

export const stepActionJson = z.discriminatedUnion("type", [
  own.escalate,
  own.notify_user,
  own.notify_team_leads,
  ticketActionsJson.set_priority,
  ticketActionsJson.assign_user,
  ticketActionsJson.assign_team,
  ticketActionsJson.add_tags,
]);
export type StepActionJson = z.infer<typeof stepActionJson>;
