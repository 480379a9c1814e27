import { BillingPeriodStatus, Channel, UsageKind, UsageMeter } from "@parley/db";
import { z } from "zod";
import { periodInput, periodJson } from "../billing-periods/index.ts";
import { enumInput, jsonEnum, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

export const usageQuery = z.strictObject({
  period: periodInput.optional().meta({ description: "A calendar month; now unless given.", example: "2026-03" }),
  by: z.enum(["day", "channel", "agent", "rule"]).default("day"),
});
export type UsageQuery = z.output<typeof usageQuery>;

const kindJson = jsonEnum(UsageKind).meta({ example: "ticket_opened" });
const quantities = z.array(z.object({ kind: kindJson, quantity: z.int().meta({ example: 130 }) }));

export const usageReportJson = z
  .object({
    period: periodJson,
    status: jsonEnum(BillingPeriodStatus),
    periodStart: timeJson,
    periodEnd: timeJson.meta({ description: "Not within." }),
    timeZone: z.string().meta({ description: "Whose days it has.", example: "Europe/Paris" }),
    ticketsCount: z.int().meta({ example: 130 }),
    aiActionsCount: z.int().meta({ example: 512 }),
    messagesCount: z.int().meta({ example: 900 }),
    autoRepliesCount: z.int().meta({ example: 80 }),
    campaignRecipientsCount: z.int().meta({ example: 0 }),
    tokensUsed: z.int().meta({ example: 1_250_000 }),
    mediaBytes: z.int().meta({ example: 0 }),
    autoRecharges: z.int().meta({ description: "How often units were bought by themselves.", example: 1 }),
    lastUpdatedAt: timeJson.nullable().meta({ description: "Null: nothing was used yet." }),
    meters: z
      .array(
        z.object({
          meter: jsonEnum(UsageMeter),
          used: z.int().meta({ example: 130 }),
          included: z
            .int()
            .nullable()
            .meta({ description: "By the plans of the period, and recharges; null: there is no limit.", example: 200 }),
          recharged: z.int().meta({ example: 100 }),
          remaining: z.int().nullable().meta({ description: "Null: there is no limit.", example: 70 }),
        }),
      )
      .meta({ description: "What plans may limit." }),
    by: z.enum(["day", "channel", "agent", "rule"]),
    groups: z.array(
      z.object({
        key: z
          .string()
          .nullable()
          .meta({ description: "A day, a channel or an id; null: none.", example: "2026-03-14" }),
        name: z.string().nullable().meta({ description: "Of whom the id is; null: it is not there any more." }),
        usage: quantities,
      }),
    ),
    forecast: z
      .object({
        usage: z.array(
          z.object({
            kind: kindJson,
            quantity: z.int().meta({ description: "Of the whole period.", example: 310 }),
            method: z.enum(["linear_with_weekday_profile", "linear", "none"]),
            basisDays: z.int().meta({ description: "How many whole days it looks back on.", example: 56 }),
          }),
        ),
        total: z.string().meta({ description: "What the invoice would come to then. Decimal.", example: "126.50" }),
        currency: z.string().meta({ example: "EUR" }),
      })
      .nullable()
      .meta({
        description:
          "Where the period will end if it goes on as it did: each day left is worth the mean of the last four weeks, times what its day of the week was worth in the last eight; with less than two weeks of history all days are worth the same. Null: it is over.",
      }),
  })
  .meta({ id: "UsageReport" });
export type UsageReportJson = z.infer<typeof usageReportJson>;

export const ledgerEntryJson = z
  .object({
    // Not its number, which counts the entries of all companies.
    period: periodJson.meta({ description: "In which it is charged." }),
    kind: kindJson,
    cause: z.uuid().meta({
      description:
        "What it is counted for, once: a ticket, a message, a rule's execution, a contact within a campaign …",
    }),
    quantity: z.int().meta({ example: 1 }),
    occurredAt: timeJson,
    ticketId: z.uuid().nullable(),
    channel: jsonEnum(Channel).nullable(),
    category: z
      .string()
      .nullable()
      .meta({ description: "What it was, within its kind; of campaign_recipient the campaign.", example: "reply" }),
    agentId: z.uuid().nullable(),
    ruleId: z.uuid().nullable(),
  })
  .meta({ id: "LedgerEntry" });
export type LedgerEntryJson = z.infer<typeof ledgerEntryJson>;

const ledgerFilters = {
  period: periodInput.optional(),
  kind: enumInput(UsageKind).optional(),
  ticketId: z.uuid().optional(),
};

export const listLedgerQuery = pageQuery.extend(ledgerFilters);
export type ListLedgerQuery = z.output<typeof listLedgerQuery>;

export const exportLedgerQuery = z.strictObject(ledgerFilters);
export type LedgerFilters = z.output<typeof exportLedgerQuery>;

const ticketUsageFields = {
  aiActionsCount: z.int().meta({ example: 3 }),
  humanMessagesCount: z.int().meta({ example: 4 }),
  autoReplyCount: z.int().meta({ example: 1 }),
  tokensUsed: z.int().meta({ example: 2_400 }),
  billableUnits: z.int().meta({ description: "Everything that is counted by the piece.", example: 9 }),
};

export const ticketUsageJson = z
  .object({
    ticketId: z.uuid(),
    ...ticketUsageFields,
    periods: z.array(
      z.object({
        period: periodJson,
        ...ticketUsageFields,
        calculatedAmount: z.string().meta({
          description: "At the unit prices of the time, as if nothing were included. Decimal.",
          example: "0.37",
        }),
        currency: z.string().meta({ example: "EUR" }),
        finalized: z.boolean().meta({ description: "The period is closed." }),
      }),
    ),
  })
  .meta({ id: "TicketUsage" });
export type TicketUsageJson = z.infer<typeof ticketUsageJson>;
