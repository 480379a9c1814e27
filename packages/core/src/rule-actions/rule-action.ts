import { TicketStatus } from "@parley/db";
import { z } from "zod";
import { bodyText } from "../json/index.ts";
import { MAX_TEMPLATE, TEMPLATE_HELP } from "../text-templates/index.ts";
import { ticketActions, ticketActionsJson, toTicketActionJson, whatActionSets } from "../ticket-actions/index.ts";

const text = bodyText(MAX_TEMPLATE).meta({ description: TEMPLATE_HELP, example: "Hello {{ contact.name }}" });

/**
 * A reply is a template, or it is composed when it is needed: by the company's model, else from its snippets. Of the two
 * exactly one is named.
 */
const reply = {
  text: text.optional(),
  compose: z.literal(true).optional().meta({ description: "Write it from what the company knows; instead of text." }),
};
const oneOf = ({ text: given, compose }: { text?: string | undefined; compose?: true | undefined }): boolean =>
  (given === undefined) !== (compose === undefined);
const oneOfHelp = "must have either text or compose: true";

const own = {
  send_reply: z
    .strictObject({
      type: z.literal("send_reply"),
      ...reply,
      acknowledges: z.literal(true).optional().meta({
        description: "It only says that the message has arrived: the customer still waits for an answer.",
      }),
    })
    .refine(oneOf, oneOfHelp),
  draft_reply: z.strictObject({ type: z.literal("draft_reply"), ...reply }).refine(oneOf, oneOfHelp),
  request_more_info: z
    .strictObject({ type: z.literal("request_more_info"), text })
    .meta({ description: "Asks the customer, and waits for them: the ticket becomes waiting_customer." }),
  escalate: z
    .strictObject({
      type: z.literal("escalate"),
      teamId: z.uuid().optional().meta({ description: "Who is to look at it." }),
      note: text.optional(),
    })
    .meta({ description: "The ticket becomes escalated." }),
};

function actionOf<Actions extends typeof ticketActions | typeof ticketActionsJson>(actions: Actions) {
  return z.discriminatedUnion("type", [
    actions.set_status as Actions["set_status"],
    actions.set_priority as Actions["set_priority"],
    actions.set_category,
    actions.add_tags,
    actions.remove_tags,
    actions.assign_user,
    actions.assign_team,
    actions.snooze,
    actions.set_attribute,
    actions.add_note,
    own.send_reply,
    own.draft_reply,
    own.request_more_info,
    own.escalate,
  ]);
}

/** What a rule does, as it is asked for and as it is stored. */
export const ruleAction = actionOf(ticketActions).meta({ id: "GivenRuleAction" });
export type RuleAction = z.output<typeof ruleAction>;

/** The same as it is answered. */
export const ruleActionJson = actionOf(ticketActionsJson).meta({ id: "RuleAction" });
export type RuleActionJson = z.infer<typeof ruleActionJson>;

export type ReplyAction = Extract<RuleAction, { type: "send_reply" | "draft_reply" }>;

/** What only rules do; all else is a ticket's action. */
export type OwnAction = Extract<RuleAction, { type: keyof typeof own }>;

export function isOwnAction(action: RuleAction): action is OwnAction {
  return Object.hasOwn(own, action.type);
}

export function toRuleActionJson(action: RuleAction): RuleActionJson {
  return isOwnAction(action) ? action : toTicketActionJson(action);
}

/** Whether it answers the customer, or proposes to: such rules wait for their turn. */
export function answers(action: RuleAction): boolean {
  if (action.type === "send_reply") return action.acknowledges !== true;
  return action.type === "draft_reply" || action.type === "request_more_info";
}

/** Whether what it writes is made of a template, whose variables then have to be looked up. */
export function hasTemplate(action: RuleAction): boolean {
  if (action.type === "escalate") return action.note !== undefined;
  return "text" in action && action.text !== undefined;
}

/** What of a ticket an action sets, so that another one that sets it as well would undo it. */
export function whatRuleActionSets(action: RuleAction): string[] {
  if (!isOwnAction(action)) return [whatActionSets(action)].filter((what) => what !== undefined);
  switch (action.type) {
    case "request_more_info":
      return ["set_status", "reply"];
    case "escalate":
      return ["set_status", ...(action.teamId === undefined ? [] : ["assign_team"])];
    case "send_reply":
    case "draft_reply":
      return ["reply"];
  }
}

export const STATUS_AFTER = {
  request_more_info: TicketStatus.WAITING_CUSTOMER,
  escalate: TicketStatus.ESCALATED,
} as const;
