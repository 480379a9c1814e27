import { calendarTime, compileCalendar, type CalendarInput, type WorkCalendar } from "@parley/calendar";
import { Channel, SlaClock, SlaMetric, TenantPlan, TicketPriority, TicketStatus } from "@parley/db";
import { z } from "zod";
import type { Policy, SlaRules } from "./rules.ts";

const SECOND_MS = 1_000;

const week = z.record(z.string(), z.array(z.object({ from: z.string(), to: z.string() })));
const seconds = z.int().nullable().default(null);
const targets = z.object({
  firstResponseSeconds: seconds,
  nextResponseSeconds: seconds,
  resolutionSeconds: seconds,
});
const escalation = z.object({
  on: z.enum(["warning", "breach"]),
  afterSeconds: z.int().default(0),
  metrics: z.array(z.enum(SlaMetric)).nullable().default(null),
  actions: z.array(z.unknown()),
});

const storedPolicy = z.object({
  id: z.string(),
  match: z.object({
    inboxIds: z.array(z.string()).optional(),
    channels: z.array(z.enum(Channel)).optional(),
    tags: z.array(z.string()).optional(),
    priorities: z.array(z.enum(TicketPriority)).optional(),
    plans: z.array(z.enum(TenantPlan)).optional(),
  }),
  clock: z.enum(SlaClock),
  hours: week.nullable(),
  targets: z.object({ default: targets, byPriority: z.partialRecord(z.enum(TicketPriority), targets).default({}) }),
  pauseIn: z.array(z.enum(TicketStatus)),
  warnAtPercent: z.int().nullable(),
  autoRepliesCount: z.boolean(),
  escalations: z.array(escalation),
});

/** What `sla_revision.definition` holds; `revise-sla.ts` writes it. */
const storedRules = z.object({
  plan: z.enum(TenantPlan),
  timeZone: z.string(),
  businessHours: week,
  holidays: z.array(z.object({ date: z.string() })),
  policies: z.array(storedPolicy),
  autoClose: z.array(
    z.object({
      status: z.enum(TicketStatus),
      afterSeconds: z.int(),
      clock: z.enum(SlaClock),
      closesAs: z.enum(TicketStatus),
      noticeSeconds: z.int().nullable(),
      noticeText: z.string().nullable(),
    }),
  ),
});

/** A revision as the table has it. */
export interface StoredRevision {
  revision: number;
  effectiveAt: Date;
  definition: unknown;
}

/** Compiled once, used for many tickets. Hours that cannot be read count as not set: always open. */
export function compileRules({ revision, effectiveAt, definition }: StoredRevision): SlaRules {
  const { plan, timeZone, businessHours, holidays, policies, autoClose } = storedRules.parse(definition);
  const company: CalendarInput = { timeZone, businessHours, holidays };
  const companyHours = calendarOf(company);
  const byClock = (clock: SlaClock): WorkCalendar => (clock === "CALENDAR" ? calendarTime : companyHours);
  return {
    revision,
    effectiveAt: effectiveAt.getTime(),
    plan,
    policies: policies.map((policy) => ({
      ...policy,
      revision,
      calendar:
        policy.clock === "BUSINESS_HOURS" && policy.hours
          ? calendarOf({ ...company, businessHours: policy.hours })
          : byClock(policy.clock),
      targetOf: targetReader(policy.targets),
      pauseIn: new Set(policy.pauseIn),
      escalations: policy.escalations.map((step, position) => ({ ...step, position })),
    })),
    autoClose: new Map(
      autoClose.map(({ status, afterSeconds, clock, closesAs, noticeSeconds, noticeText }) => [
        status,
        {
          status,
          afterMs: afterSeconds * SECOND_MS,
          calendar: byClock(clock),
          closesAs,
          notice:
            noticeSeconds === null || noticeText === null
              ? null
              : { beforeMs: noticeSeconds * SECOND_MS, text: noticeText },
        },
      ]),
    ),
  };
}

function calendarOf(input: CalendarInput): WorkCalendar {
  try {
    return compileCalendar(input);
  } catch {
    // What the settings refuse today may have been stored before they did.
    return compileCalendar({ timeZone: "UTC", businessHours: {}, holidays: [] });
  }
}

function targetReader(stored: z.infer<typeof storedPolicy>["targets"]): Policy["targetOf"] {
  return (metric, priority) => {
    const of = stored.byPriority[priority] ?? stored.default;
    const inSeconds = of[FIELDS[metric]];
    return inSeconds === null ? null : inSeconds * SECOND_MS;
  };
}

const FIELDS = {
  FIRST_RESPONSE: "firstResponseSeconds",
  NEXT_RESPONSE: "nextResponseSeconds",
  RESOLUTION: "resolutionSeconds",
} as const satisfies Record<SlaMetric, keyof z.infer<typeof targets>>;
