import { Channel, SlaClock, SlaMetric, TenantPlan, TicketPriority, TicketStatus } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, lineText, timeInput, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { businessHours } from "../settings/index.ts";
import { stepAction, stepActionJson } from "./step-actions.ts";

const LONGEST_SECONDS = 366 * 24 * 3_600;
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
  escalations: "What is done when something threatens to be late, or is; each of them once.",
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

const SILENT = { PENDING: "PENDING", WAITING_CUSTOMER: "WAITING_CUSTOMER", RESOLVED: "RESOLVED" } as const;
const ENDS = { RESOLVED: "RESOLVED", CLOSED: "CLOSED" } as const;

const AUTO_CLOSE = {
  afterSeconds: "How long nobody has written.",
  noticeSeconds: "How long before the end the customer is told; null: they are not.",
  noticeText: "What they are told.",
} as const;

export const autoCloseJson = z
  .object({
    rules: z.array(
      z.object({
        status: jsonEnum(TicketStatus).meta({ example: "waiting_customer" }),
        afterSeconds: z.int().meta({ description: AUTO_CLOSE.afterSeconds, example: 259_200 }),
        clock: jsonEnum(SlaClock),
        closesAs: jsonEnum(TicketStatus).meta({ example: "resolved" }),
        noticeSeconds: z.int().nullable().meta({ description: AUTO_CLOSE.noticeSeconds, example: 86_400 }),
        noticeText: z.string().nullable().meta({ description: AUTO_CLOSE.noticeText, example: "Are you still there?" }),
      }),
    ),
  })
  .meta({ id: "AutoClose" });
export type AutoCloseJson = z.infer<typeof autoCloseJson>;

const autoCloseRule = z
  .strictObject({
    status: enumInput(SILENT).meta({ example: "waiting_customer" }),
    afterSeconds: z.int().min(60).max(LONGEST_SECONDS).meta({ description: AUTO_CLOSE.afterSeconds, example: 259_200 }),
    clock: enumInput(SlaClock).default("CALENDAR"),
    closesAs: enumInput(ENDS).default("CLOSED").meta({ example: "resolved" }),
    noticeSeconds: z.int().min(60).max(LONGEST_SECONDS).nullable().default(null),
    noticeText: lineText(1_000).nullable().default(null),
  })
  .refine(({ status, closesAs }) => status !== closesAs, { path: ["closesAs"], message: "must be another status" })
  .refine(({ noticeSeconds, noticeText }) => (noticeSeconds === null) === (noticeText === null), {
    path: ["noticeText"],
    message: "must be given together with noticeSeconds, or not at all",
  })
  .refine(({ noticeSeconds, afterSeconds }) => noticeSeconds === null || noticeSeconds < afterSeconds, {
    path: ["noticeSeconds"],
    message: "must be less than afterSeconds",
  });

export const changeAutoCloseInput = z
  .strictObject({
    rules: z
      .array(autoCloseRule)
      .max(Object.keys(SILENT).length)
      .refine((rules) => new Set(rules.map(({ status }) => status)).size === rules.length, "must name a status once")
      .meta({ description: "All of them; without any, nothing is closed by itself." }),
  })
  .meta({ id: "ChangeAutoClose" });
export type ChangeAutoCloseInput = z.output<typeof changeAutoCloseInput>;

export const slaProgressJson = z
  .object({
    revision: z.int().meta({ description: "Counts what tickets are judged by. 0: nothing was ever promised." }),
    judged: z.int().meta({ description: "How many unfinished tickets have been judged by it so far." }),
    startedAt: timeJson.nullable(),
    finishedAt: timeJson.nullable().meta({ description: "Null while tickets are being judged anew.", example: null }),
  })
  .meta({ id: "SlaProgress" });
export type SlaProgressJson = z.infer<typeof slaProgressJson>;

export const attainmentQuery = z
  .strictObject({
    from: timeInput
      .optional()
      .meta({ description: "Default: 30 days before the end.", example: "2026-01-31T08:00:00Z" }),
    to: timeInput
      .optional()
      .meta({ description: "Not within the span. Default: now.", example: "2026-02-28T08:00:00Z" }),
    by: z.enum(["policy", "team", "agent"]).default("policy"),
  })
  .refine(({ from, to }) => !from || !to || from < to, { path: ["to"], message: "must be after from" });
export type AttainmentQuery = z.output<typeof attainmentQuery>;

export const attainmentJson = z
  .object({
    groups: z.array(
      z.object({
        id: z.uuid().nullable().meta({ description: "Of the policy, team or member; null: of none." }),
        name: z.string().nullable().meta({ description: "Null when it is not there any more.", example: "E-mail" }),
        metric: jsonEnum(SlaMetric),
        met: z.int().meta({ example: 97 }),
        breached: z.int().meta({ example: 3 }),
        attainment: z.number().meta({ description: "The share that was met.", example: 0.97 }),
        averageLateSeconds: z
          .number()
          .nullable()
          .meta({ description: "Of what was kept late; null: nothing was.", example: 612.5 }),
      }),
    ),
    undecided: z.int().meta({
      description:
        "Promises that were due before `to`, or before now, and that nobody has decided yet: 0, but for a moment.",
      example: 0,
    }),
  })
  .meta({ id: "SlaAttainment" });
export type AttainmentJson = z.infer<typeof attainmentJson>;
