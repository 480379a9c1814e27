import { SlaMetric } from "@parley/db";
import { z } from "zod";
import { jsonEnum, timeInput, timeJson } from "../json/index.ts";

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
