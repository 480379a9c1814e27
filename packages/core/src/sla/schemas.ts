import { Channel, SlaClock, SlaMetric, TenantPlan, TicketPriority } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { businessHours } from "../settings/index.ts";
import { stepAction, stepActionJson } from "./step-actions.ts";

export const LONGEST_SECONDS = 366 * 24 * 3_600;
const MAX_OF_A_KIND = 50;
const MAX_ESCALATIONS = 10;
const MAX_ACTIONS = 10;
const PRIORITIES = ["low", "normal", "high", "urgent"] as const;

const HELP = {
  position: "Policies are asked in this order, and then the older first; the first that is for a ticket governs it.",
  match: "For which tickets. All that is named must hold; without anything it is for all.",
  hours:
    "Of a policy that counts business hours: its own, in the company's time zone and without its holidays. null: the company's.",
  targets: "By priority, else the default. What is left out is not promised.",
  pauseIn: "While the ticket has one of these statuses, its clocks stand still.",
  warnAtPercent: "When so much of a target is used, somebody is warned; null: nobody is.",
  autoRepliesCount: "Whether what the AI writes by itself is a response.",
  escalations:
    "What is done when something threatens to be late, or is; each of them once, unless a longer target is missed anew. Who is notified has a mail and follows the ticket.",
  metrics: "For these promises; null: for all.",
  afterSeconds: "How long after the breach, by the policy's clock.",
} as const;

const seconds = z.int().min(1).max(LONGEST_SECONDS).nullable();
const targetsOf = (field: z.ZodType<number | null, number | null | undefined>) => ({
  firstResponseSeconds: field,
  nextResponseSeconds: field,
  resolutionSeconds: field,
});
const someTargets = z.strictObject(targetsOf(seconds.default(null)));
const targetsJson = z.object(targetsOf(z.int().nullable().meta({ example: 3_600 })));

const targets = z
  .strictObject({
    default: someTargets,
    byPriority: z
      .strictObject(byPriority(someTargets))
      .partial()
      .default({})
      .meta({ example: { urgent: { firstResponseSeconds: 900, resolutionSeconds: 14_400 } } }),
  })
  .meta({
    description: HELP.targets,
    example: { default: { firstResponseSeconds: 3_600, nextResponseSeconds: 7_200, resolutionSeconds: 86_400 } },
  });

function byPriority<Schema>(schema: Schema): Record<(typeof PRIORITIES)[number], Schema> {
  // Object.fromEntries forgets which keys there are.
  return Object.fromEntries(PRIORITIES.map((priority) => [priority, schema])) as Record<
    (typeof PRIORITIES)[number],
    Schema
  >;
}

const someOf = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(MAX_OF_A_KIND);

const match = z
  .strictObject({
    inboxIds: someOf(z.uuid()).optional(),
    channels: someOf(enumInput(Channel))
      .optional()
      .meta({ example: ["email"] }),
    tags: someOf(lineText(80))
      .optional()
      .meta({ description: "It has one of them.", example: ["vip"] }),
    priorities: someOf(enumInput(TicketPriority))
      .optional()
      .meta({ example: ["high", "urgent"] }),
    plans: someOf(enumInput(TenantPlan))
      .optional()
      .meta({ description: "Of the company.", example: ["pro"] }),
  })
  .meta({ description: HELP.match, example: { channels: ["email"] } });

const matchJson = z.object({
  inboxIds: z.array(z.uuid()).optional(),
  channels: z.array(jsonEnum(Channel)).optional(),
  tags: z
    .array(z.string())
    .optional()
    .meta({ example: ["vip"] }),
  priorities: z.array(jsonEnum(TicketPriority)).optional(),
  plans: z.array(jsonEnum(TenantPlan)).optional(),
});

const PAUSING = { PENDING: "PENDING", WAITING_CUSTOMER: "WAITING_CUSTOMER", ESCALATED: "ESCALATED" } as const;

const escalation = z
  .strictObject({
    on: z.enum(["warning", "breach"]),
    afterSeconds: z.int().min(0).max(LONGEST_SECONDS).default(0).meta({ description: HELP.afterSeconds }),
    metrics: someOf(enumInput(SlaMetric)).nullable().default(null).meta({ description: HELP.metrics }),
    actions: z.array(stepAction).min(1).max(MAX_ACTIONS),
  })
  .refine(({ on, afterSeconds }) => on === "breach" || afterSeconds === 0, {
    path: ["afterSeconds"],
    message: "is for what follows a breach; what follows a warning is done at once",
  });

const escalationJson = z.object({
  on: z.enum(["warning", "breach"]),
  afterSeconds: z.int().meta({ description: HELP.afterSeconds, example: 600 }),
  metrics: z.array(jsonEnum(SlaMetric)).nullable().meta({ description: HELP.metrics, example: null }),
  actions: z.array(stepActionJson).meta({ example: [{ type: "escalate" }] }),
});

export const slaPolicyJson = z
  .object({
    id: z.uuid(),
    name: z.string().meta({ example: "E-mail" }),
    position: z.int().meta({ description: HELP.position, example: 0 }),
    isActive: z.boolean(),
    match: matchJson.meta({ description: HELP.match, example: { channels: ["email"] } }),
    clock: jsonEnum(SlaClock),
    hours: businessHours.nullable().meta({ description: HELP.hours, example: null }),
    targets: z
      .object({ default: targetsJson, byPriority: z.object(byPriority(targetsJson)).partial() })
      .meta({ description: HELP.targets }),
    pauseIn: z.array(jsonEnum(PAUSING)).meta({ description: HELP.pauseIn, example: ["waiting_customer"] }),
    warnAtPercent: z.int().nullable().meta({ description: HELP.warnAtPercent, example: 80 }),
    autoRepliesCount: z.boolean().meta({ description: HELP.autoRepliesCount }),
    escalations: z.array(escalationJson).meta({ description: HELP.escalations }),
    createdAt: timeJson,
    updatedAt: timeJson,
  })
  .meta({ id: "SlaPolicy" });
export type SlaPolicyJson = z.infer<typeof slaPolicyJson>;

const fields = {
  name: lineText(120).meta({ example: "E-mail" }),
  position: z.int().min(0).max(10_000).meta({ description: HELP.position }),
  isActive: z.boolean(),
  match,
  clock: enumInput(SlaClock).meta({ example: "business_hours" }),
  hours: businessHours.nullable().meta({ description: HELP.hours }),
  targets,
  pauseIn: z
    .array(enumInput(PAUSING))
    .max(3)
    .meta({ description: HELP.pauseIn, example: ["waiting_customer"] }),
  warnAtPercent: z.int().min(1).max(99).nullable().meta({ description: HELP.warnAtPercent, example: 80 }),
  autoRepliesCount: z.boolean().meta({ description: HELP.autoRepliesCount }),
  escalations: z
    .array(escalation)
    .max(MAX_ESCALATIONS)
    .meta({ description: HELP.escalations, example: [{ on: "breach", actions: [{ type: "escalate" }] }] }),
};

export const createSlaPolicyInput = z
  .strictObject({ ...z.strictObject(fields).partial().shape, name: fields.name, targets: fields.targets })
  .meta({ id: "CreateSlaPolicy" });
export type CreateSlaPolicyInput = z.output<typeof createSlaPolicyInput>;

export const changeSlaPolicyInput = z
  .strictObject(fields)
  .partial()
  .refine((change) => Object.values(change).some((part) => part !== undefined), "must name what to change")
  .meta({ id: "ChangeSlaPolicy", example: { warnAtPercent: 75 } });
export type ChangeSlaPolicyInput = z.output<typeof changeSlaPolicyInput>;

export const listSlaPoliciesQuery = pageQuery;
export type ListSlaPoliciesQuery = z.output<typeof listSlaPoliciesQuery>;

export const channelDefaultJson = z
  .object({
    channel: jsonEnum(Channel).meta({ example: "amazon" }),
    isConfirmed: z.boolean().meta({ description: "Whether the channel's operator says so itself." }),
    note: z.string().meta({ example: "Answers within 24 hours, on weekends and holidays too." }),
    isAutomatic: z.boolean().meta({
      description: "Whether the company's first inbox of the channel brings it along: a marketplace counts it anyway.",
    }),
    clock: jsonEnum(SlaClock),
    hours: businessHours.nullable().meta({ example: null }),
    targets: targetsJson,
    autoRepliesCount: z.boolean().meta({ description: HELP.autoRepliesCount }),
  })
  .meta({ id: "SlaChannelDefault" });
export type ChannelDefaultJson = z.infer<typeof channelDefaultJson>;

export const adoptDefaultsInput = z
  .strictObject({ channels: someOf(enumInput(Channel)).meta({ example: ["amazon"] }) })
  .meta({ id: "AdoptSlaDefaults" });
export type AdoptDefaultsInput = z.output<typeof adoptDefaultsInput>;
