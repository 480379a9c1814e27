import { ModelCallOutcome, ModelProvider, UnderstandingMode } from "@parley/db";
import { INTENT_LABELS } from "@parley/understanding";
import { z } from "zod";
import { enumInput, jsonEnum, lineText, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { amountInput, amountJson } from "./money.ts";

const MOST_BUDGET = 1_000_000;
const MOST_PRICE = 10_000;
/** A rule that cools down for a week looks back at what it did. */
const LEAST_RETENTION_DAYS = 7;
const MOST_RETENTION_DAYS = 365;

const PRICE = "For a million tokens, in the currency's unit.";
const BUDGET =
  "A month in the company's time zone, in the currency's unit; null: no limit. Needs both prices where there is a provider.";

export const aiSettingsJson = z
  .object({
    understanding: jsonEnum(UnderstandingMode).meta({ description: "By what customers' messages are understood." }),
    fillsTickets: z.boolean().meta({
      description:
        "Whether tickets are given the sentiment of what was written last, and category and order if they have none.",
    }),
    provider: jsonEnum(ModelProvider).nullable().meta({ description: "null: no model; drafts are made locally." }),
    baseUrl: z
      .string()
      .nullable()
      .meta({ description: "null: the provider's own server.", example: "https://models.example/v1" }),
    hasApiKey: z.boolean().meta({ description: "The key is write-only.", example: true }),
    model: z.string().nullable().meta({ example: "small-model-1" }),
    temperature: z.number().meta({ example: 0.2 }),
    masksPersonalData: z
      .boolean()
      .meta({ description: "Whether e-mails, numbers and the like are masked for the model." }),
    monthlyBudget: amountJson.nullable().meta({ description: BUDGET, example: "50" }),
    inputPrice: amountJson.meta({ description: PRICE, example: "0.15" }),
    outputPrice: amountJson.meta({ description: PRICE, example: "0.6" }),
    debounceSeconds: z
      .int()
      .meta({ description: "How long a customer is quiet until they have finished.", example: 4 }),
    longestBurstSeconds: z.int().meta({
      description: "How long they can go on writing until they are answered nevertheless.",
      example: 30,
    }),
    mostTurns: z.int().meta({ description: "How often rules answer in a ticket before people do.", example: 5 }),
    leastConfidence: z.number().meta({ description: "Below it a model's answer is not sent.", example: 0.6 }),
    handOffIntents: z.array(z.string()).meta({ description: "What rules leave to people.", example: ["complaint"] }),
    handOffTeamId: z.uuid().nullable().meta({ description: "Who is given what rules hand off." }),
    handOffEscalates: z.boolean(),
    executionRetentionDays: z.int().meta({ description: "How long it is kept what rules did.", example: 30 }),
    version: z.int().meta({ description: "Counts up with every change." }),
    updatedAt: timeJson.nullable().meta({ description: "null: nobody has changed anything." }),
  })
  .meta({ id: "AiSettings" });
export type AiSettingsJson = z.infer<typeof aiSettingsJson>;

/** It goes into an HTTP header, which takes no other characters. */
const apiKey = z
  .string()
  .trim()
  .max(4_096)
  .regex(/^[\x21-\x7e]+$/, "must be printable ASCII characters without spaces")
  .meta({ example: "sk-0123456789" });
const model = lineText(200)
  .regex(/^[\w.:/@-]+$/, "must be the model's name as the provider has it")
  .meta({ example: "small-model-1" });

export const changeAiSettingsInput = z
  .strictObject({
    understanding: enumInput(UnderstandingMode),
    fillsTickets: z.boolean(),
    provider: enumInput(ModelProvider).nullable(),
    baseUrl: z.string().max(500).nullable().meta({
      description: "Up to and including the version; null: the provider's own server.",
      example: "https://models.example/v1",
    }),
    apiKey: apiKey.nullable().meta({ description: "Write-only; null removes it." }),
    model: model.nullable(),
    temperature: z.number().min(0).max(2).multipleOf(0.01),
    masksPersonalData: z.boolean(),
    monthlyBudget: amountInput(MOST_BUDGET).nullable().meta({ description: BUDGET, example: "50" }),
    inputPrice: amountInput(MOST_PRICE).meta({ description: PRICE, example: "0.15" }),
    outputPrice: amountInput(MOST_PRICE).meta({ description: PRICE, example: "0.6" }),
    debounceSeconds: z.int().min(0).max(120),
    longestBurstSeconds: z.int().min(0).max(600),
    mostTurns: z.int().min(0).max(100),
    leastConfidence: z.number().min(0).max(1).multipleOf(0.001),
    handOffIntents: z
      .array(z.enum(INTENT_LABELS))
      .max(INTENT_LABELS.length)
      .transform((given) => [...new Set(given)].toSorted()),
    handOffTeamId: z.uuid().nullable(),
    handOffEscalates: z.boolean(),
    executionRetentionDays: z.int().min(LEAST_RETENTION_DAYS).max(MOST_RETENTION_DAYS),
    version: z.int().meta({ description: "Refuse the change unless the settings are still at it." }),
  })
  .partial()
  .meta({ id: "ChangeAiSettings" });
export type ChangeAiSettingsInput = z.output<typeof changeAiSettingsInput>;

export const modelCallJson = z
  .object({
    id: z.uuid(),
    task: z.string().meta({ example: "suggest_reply" }),
    provider: jsonEnum(ModelProvider),
    model: z.string().meta({ example: "small-model-1" }),
    outcome: jsonEnum(ModelCallOutcome).meta({ description: "refused: not asked; pending: under way." }),
    errorKind: z.string().nullable().meta({ description: "Why it did not succeed.", example: null }),
    inputTokens: z.int().meta({ example: 812 }),
    outputTokens: z.int().meta({ example: 96 }),
    cost: amountJson.meta({ example: "0.00018" }),
    reserved: amountJson.meta({ description: "What it could cost at most.", example: "0.0012" }),
    attempts: z.int().meta({ example: 1 }),
    latencyMs: z.int().nullable().meta({ example: 640 }),
    conversationId: z.uuid().nullable(),
    ticketId: z.uuid().nullable(),
    messageId: z.uuid().nullable(),
    createdAt: timeJson,
    settledAt: timeJson.nullable(),
  })
  .meta({ id: "ModelCall" });
export type ModelCallJson = z.infer<typeof modelCallJson>;

export const listModelCallsQuery = pageQuery.extend({
  task: lineText(40).optional().meta({ example: "suggest_reply" }),
  outcome: enumInput(ModelCallOutcome).optional(),
});
export type ListModelCallsQuery = z.output<typeof listModelCallsQuery>;

const monthJson = z.string().meta({ example: "2026-12" });

export const spendJson = z
  .object({
    month: monthJson.meta({ description: "This month, in the company's time zone." }),
    spent: amountJson,
    reserved: amountJson.meta({ description: "For questions that are under way.", example: "0" }),
    budget: amountJson.nullable().meta({ example: "50" }),
    left: amountJson
      .nullable()
      .meta({ description: "What further questions can cost; null: no limit.", example: "37.5" }),
    earlier: z.array(z.object({ month: monthJson, spent: amountJson })).meta({ description: "Newest first." }),
  })
  .meta({ id: "AiSpend" });
export type SpendJson = z.infer<typeof spendJson>;
