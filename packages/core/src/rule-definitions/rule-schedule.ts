import { Cron } from "croner";
import { z } from "zod";
import { lineText } from "../json/index.ts";
import { storedTicketFilter, ticketFilterJson } from "../tickets/index.ts";

/** How often a rule may look at all the tickets that its filter finds. */
const LEAST_MINUTES = 5;
const MINUTE_MS = 60_000;
const SOME_RUNS = 24;
/** Any time. */
const SOME_DAY = new Date("2026-01-01T00:00:00Z");

const cron = lineText(120)
  .refine(isCron, "must be a cron expression of minute, hour, day of month, month and day of week, such as 0 9 * * 1-5")
  .refine(isRare, `must not come more often than every ${LEAST_MINUTES} minutes`)
  .meta({ description: "When, in the company's time zone.", example: "0 9 * * 1-5" });

/** Nobody asks when a schedule comes, so a filter cannot speak of them. */
const impersonal = storedTicketFilter.refine(
  ({ assigneeId, unread, followedBy, mentioning }) =>
    assigneeId !== "me" && unread === undefined && followedBy === undefined && mentioning === undefined,
  "must not speak of whoever asks: me, unread, followedBy and mentioning are not for schedules",
);

/** When a rule is due, and for which tickets. */
export const ruleSchedule = z.strictObject({ cron, filter: impersonal.default({ status: ["OPEN"] }) });
export type RuleSchedule = z.output<typeof ruleSchedule>;

export const ruleScheduleJson = z.object({
  cron: z.string().meta({ example: "0 9 * * 1-5" }),
  filter: ticketFilterJson,
});

/** The first time after `after` at which a schedule comes, if it ever does. Hours that a clock skips come when it goes on. */
export function nextRun({ cron: expression }: Pick<RuleSchedule, "cron">, timeZone: string, after: Date): Date | null {
  return new Cron(expression, { timezone: timeZone, mode: "5-part" }).nextRun(after);
}

function isCron(expression: string): boolean {
  try {
    return nextRun({ cron: expression }, "UTC", SOME_DAY) !== null;
  } catch {
    // The library throws nothing but what is wrong with the expression.
    return false;
  }
}

function isRare(expression: string): boolean {
  if (!isCron(expression)) return true;
  const runs = new Cron(expression, { timezone: "UTC", mode: "5-part" }).nextRuns(SOME_RUNS, SOME_DAY);
  return runs.every((run, index) => {
    const before = runs[index - 1];
    return before === undefined || run.getTime() - before.getTime() >= LEAST_MINUTES * MINUTE_MS;
  });
}
