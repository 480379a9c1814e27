import { SurveyState } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, timeInput, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

const score = z.int().min(1).max(5);

export const surveyJson = z
  .object({
    ticketId: z.uuid(),
    conversationId: z.uuid(),
    messageId: z.uuid().meta({ description: "The question." }),
    state: jsonEnum(SurveyState),
    score: score.nullable().meta({ description: "1 (not at all satisfied) to 5 (very).", example: 5 }),
    answerId: z.uuid().nullable().meta({ description: "The message that holds the answer." }),
    askedAt: timeJson,
    expiresAt: timeJson.meta({ description: "Until when an answer counts." }),
    answeredAt: timeJson.nullable(),
  })
  .meta({ id: "Survey" });
export type SurveyJson = z.infer<typeof surveyJson>;

export const listSurveysQuery = pageQuery.extend({
  state: enumInput(SurveyState).optional(),
  score: z.coerce.number().int().min(1).max(5).optional().meta({ example: 5 }),
  since: timeInput.optional().meta({ description: "Asked then or later.", example: "2026-01-31T08:00:00Z" }),
});
export type ListSurveysQuery = z.output<typeof listSurveysQuery>;

export const summarizeSurveysQuery = z.strictObject({
  since: timeInput.optional().meta({ description: "Asked then or later.", example: "2026-01-01T00:00:00Z" }),
  until: timeInput.optional().meta({ description: "Asked before.", example: "2026-02-01T00:00:00Z" }),
});
export type SummarizeSurveysQuery = z.output<typeof summarizeSurveysQuery>;

export const SCORES = ["1", "2", "3", "4", "5"] as const;

export const surveySummaryJson = z
  .object({
    asked: z.int().meta({ example: 40 }),
    answered: z.int().meta({ example: 10 }),
    answeredShare: z.number().nullable().meta({ description: "0 to 1; null: nobody was asked.", example: 0.25 }),
    average: z.number().nullable().meta({ description: "1 to 5; null: nobody answered.", example: 4.5 }),
    distribution: z
      .record(z.enum(SCORES), z.int())
      .meta({ description: "Answers by score.", example: { 1: 0, 2: 0, 3: 1, 4: 3, 5: 6 } }),
  })
  .meta({ id: "SurveySummary" });
export type SurveySummaryJson = z.infer<typeof surveySummaryJson>;
