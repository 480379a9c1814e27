import type { Prisma } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import type { SurveyJson } from "./schemas.ts";

export function toSurveyJson(survey: Prisma.SatisfactionSurveyGetPayload<object>): SurveyJson {
  const { ticketId, conversationId, messageId, score, answerId } = survey;
  return {
    ticketId,
    conversationId,
    messageId,
    state: toJsonEnum(survey.state),
    score,
    answerId,
    askedAt: survey.askedAt.toISOString(),
    expiresAt: survey.expiresAt.toISOString(),
    answeredAt: survey.answeredAt?.toISOString() ?? null,
  };
}
