import { ReportKind } from "@parley/db";
import { z } from "zod";
import { toJsonEnum } from "../json/index.ts";

/** As many days has a report at most. */
export const MOST_DAYS = 366;

const dayInput = z.iso.date().refine((day) => day >= "1970-01-01" && day < "2200-01-01", "must be from 1970 on");
const dayJson = z.string().meta({ description: "A day in the company's time zone.", example: "2026-01-31" });
const count = (description: string, example: number) => z.int().meta({ description, example });
const share = (description: string) =>
  z
    .number()
    .nullable()
    .meta({ description: `${description}; null: of none.`, example: 0.97 });

const span = {
  from: dayInput.optional().meta({
    description: "The first day, in the company's time zone. Default: 29 days before the last.",
    example: "2026-01-01",
  }),
  to: dayInput.optional().meta({ description: "The last day. Default: today.", example: "2026-01-30" }),
};
export type SpanQuery = z.output<z.ZodObject<typeof span>>;

export const GROUPS = ["all", "agent", "team", "inbox", "channel", "tag"] as const;
export type GroupBy = (typeof GROUPS)[number];

export const overviewQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(MOST_DAYS).default(30).meta({
    description: "So many days, the last of which is today.",
  }),
});
export type OverviewQuery = z.output<typeof overviewQuery>;

export const groupedReportQuery = z.strictObject({ ...span, by: z.enum(GROUPS).default("all") });
export type GroupedReportQuery = z.output<typeof groupedReportQuery>;

/** Of what is counted by day, all but conversations are messages. */
export const MESSAGE_STATUSES = Object.values(ReportKind)
  .filter((kind) => kind !== "CONVERSATION")
  .map(toJsonEnum);

export const overviewJson = z
  .object({
    overview: z.object({
      totalMessages: count("That came in or were written in these days. Notes are none.", 540),
      totalConversations: count("That began in these days.", 130),
      deliveryRate: share("Of what has left or failed, the share that is known to have arrived"),
      sentToday: count("What has left today.", 12),
      sentThisWeek: count("Since Monday.", 63),
      sentThisMonth: count("Since the first.", 210),
    }),
    messagesByStatus: z.record(z.enum(MESSAGE_STATUSES), z.int()).meta({
      description: "What has become of the messages. One that is being sent right now is queued.",
      example: {
        received: 310,
        scheduled: 0,
        queued: 2,
        unknown: 0,
        sent: 9,
        failed: 3,
        cancelled: 0,
        delivered: 96,
        read: 119,
        played: 1,
      },
    }),
    dailyActivity: z.array(z.object({ date: dayJson, sent: z.int(), received: z.int() })),
    timeZone: z.string().meta({ description: "In which days are days.", example: "Europe/Paris" }),
  })
  .meta({ id: "AnalyticsOverview" });
export type OverviewJson = z.infer<typeof overviewJson>;

const group = {
  id: z.string().nullable().meta({
    description: "Of the member, team or inbox, or the channel or tag itself; null: of none, or of all.",
    example: "whatsapp",
  }),
  name: z.string().nullable().meta({ description: "Null when it is not there any more.", example: "whatsapp" }),
};

const durations = z.object({
  count: count("How many.", 97),
  medianSeconds: z.number().nullable().meta({ description: "By day and night; null: of none.", example: 312.5 }),
  p90Seconds: z.number().nullable().meta({ example: 1_840 }),
});

const reportOf = <Shape extends z.ZodType>(id: string, groups: Shape) =>
  z
    .object({
      from: dayJson,
      to: dayJson,
      timeZone: z.string().meta({ example: "Europe/Paris" }),
      groups: z.array(groups),
    })
    .meta({ id });

export const messageReportJson = reportOf(
  "MessageReport",
  z.object({
    ...group,
    received: count("What customers wrote.", 310),
    sent: count("What has left, whatever is known of it since.", 230),
    delivered: count("Of these, what is known to have arrived.", 221),
    failed: count("What did not leave.", 3),
    deliveryRate: share("Of what has left or failed, the share that is known to have arrived"),
  }),
);
export type MessageReportJson = z.infer<typeof messageReportJson>;

export const ticketReportJson = reportOf(
  "TicketReport",
  z.object({
    ...group,
    opened: count("Tickets that began.", 120),
    resolved: count("How often one was resolved or closed, and not merged.", 110),
    reopened: count("How often one was taken up again.", 6),
    reopenRate: share("How many were reopened for each that was resolved"),
    resolution: durations.meta({ description: "Since it was opened, or reopened." }),
  }),
);
export type TicketReportJson = z.infer<typeof ticketReportJson>;

export const responseReportJson = reportOf(
  "ResponseReport",
  z.object({ ...group, firstResponse: durations, nextResponse: durations }),
);
export type ResponseReportJson = z.infer<typeof responseReportJson>;

export const backlogReportJson = reportOf(
  "BacklogReport",
  z.object({
    ...group,
    days: z.array(z.object({ date: dayJson, unfinished: count("At the end of the day, or now.", 42) })),
  }),
);
export type BacklogReportJson = z.infer<typeof backlogReportJson>;

export const satisfactionReportJson = reportOf(
  "SatisfactionReport",
  z.object({
    ...group,
    asked: count("Customers who were asked.", 80),
    answered: count("Answers that came, also to earlier questions.", 33),
    average: z.number().nullable().meta({ description: "1 (bad) to 5 (good); null: of none.", example: 4.4 }),
    satisfiedShare: share("The share of 4 and 5"),
    distribution: z
      .record(z.enum(["1", "2", "3", "4", "5"]), z.int())
      .meta({ description: "Answers by score.", example: { 1: 1, 2: 0, 3: 3, 4: 10, 5: 19 } }),
  }),
);
export type SatisfactionReportJson = z.infer<typeof satisfactionReportJson>;

export const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

export const loadReportJson = reportOf(
  "LoadReport",
  z.object({
    ...group,
    hours: z
      .array(
        z.object({
          weekday: z.enum(WEEKDAYS),
          hour: z.int().meta({ description: "By the clock on the wall.", example: 9 }),
          received: count("Messages of customers.", 31),
          sent: count("Messages that left.", 25),
          opened: count("Tickets that began.", 12),
        }),
      )
      .meta({ description: "All hours of a week, summed up over the days." }),
  }),
);
export type LoadReportJson = z.infer<typeof loadReportJson>;

export const EXPORTED_REPORTS = [
  "daily",
  "statuses",
  "messages",
  "tickets",
  "responses",
  "backlog",
  "load",
  "satisfaction",
] as const;

export const exportReportQuery = z.strictObject({
  ...span,
  report: z.enum(EXPORTED_REPORTS).default("daily"),
  by: z.enum(GROUPS).default("all").meta({ description: "daily and statuses are of everything together." }),
});
export type ExportReportQuery = z.output<typeof exportReportQuery>;
