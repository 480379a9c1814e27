import { AiTrigger } from "@parley/db";
import { z } from "zod";
import { jsonEnum, timeJson } from "../json/index.ts";
import { triedDefinition } from "../rule-definitions/index.ts";

const MAX_DAYS = 30;
const MAX_MESSAGES = 100;
const MAX_RESULTS = 200;
const DEFAULT_RESULTS = 50;

export const simulateRuleInput = z
  .strictObject({
    days: z
      .int()
      .min(1)
      .max(MAX_DAYS)
      .optional()
      .meta({ description: "What happened in so many days; 7, unless messages are named.", example: 7 }),
    messageIds: z.array(z.uuid()).min(1).max(MAX_MESSAGES).optional().meta({
      description: "Messages of customers, instead of days; for triggers that are about messages.",
    }),
    definition: triedDefinition.optional(),
    limit: z
      .int()
      .min(1)
      .max(MAX_RESULTS)
      .default(DEFAULT_RESULTS)
      .meta({ description: "How many results are shown." }),
  })
  .refine(({ days, messageIds }) => days === undefined || messageIds === undefined, {
    path: ["messageIds"],
    message: "must not be named together with days",
  })
  .meta({ id: "SimulateRule" });
export type SimulateRuleInput = z.output<typeof simulateRuleInput>;

const simulatedTest = z
  .object({
    path: z.string().meta({ description: "Its place in the conditions.", example: "all.0" }),
    field: z.string().meta({ example: "ticket.priority" }),
    operator: z.string().meta({ example: "equals" }),
    expected: z.unknown().meta({ example: "urgent" }),
    actual: z.unknown().meta({
      description: "What it was compared with: of changed_from what the field was. Long texts and lists are cut.",
      example: "low",
    }),
    changed: z
      .object({ from: z.unknown().meta({ example: "normal" }), to: z.unknown().meta({ example: "low" }) })
      .optional()
      .meta({
        description:
          "Of changed_from and changed_to, if the field changed: what it was and became; of tags, what was taken away and added.",
      }),
    holds: z.boolean(),
  })
  .meta({ id: "SimulatedTest" });

export const simulatedActionJson = z
  .object({
    type: z.string().meta({ example: "add_tags" }),
    changes: z
      .array(
        z.object({
          field: z.string().meta({ example: "tags" }),
          from: z.unknown().meta({ example: [] }),
          to: z.unknown().meta({ example: ["late"] }),
        }),
      )
      .meta({ description: "What of the ticket would become different, after the actions before it." }),
    text: z.string().nullable().meta({
      description: "What it would write; null where it writes nothing, or composes it when it is needed.",
      example: null,
    }),
    refusedBecause: z.string().nullable().meta({
      description: "Why it could not be done. Then none of the actions would be.",
      example: "A ticket that is closed cannot become pending.",
    }),
  })
  .meta({ id: "SimulatedAction" });
export type SimulatedActionJson = z.infer<typeof simulatedActionJson>;

const simulatedResult = z
  .object({
    eventId: z.string().nullable().meta({
      description: "Of the event in the log; null of a message that was named, and of a schedule.",
      example: "4711",
    }),
    occurredAt: timeJson,
    ticketId: z.uuid(),
    messageId: z.uuid().nullable(),
    isTriggered: z.boolean().meta({ description: "Whether the rule looks at it at all." }),
    fires: z.boolean().meta({ description: "Whether the rule would apply." }),
    tests: z.array(simulatedTest).meta({ description: "Every comparison, also those that deciding does not need." }),
    actions: z.array(simulatedActionJson).meta({ description: "What it would do; empty where it does not apply." }),
  })
  .meta({ id: "SimulatedResult" });
export type SimulatedResultJson = z.infer<typeof simulatedResult>;

export const simulationJson = z
  .object({
    trigger: jsonEnum(AiTrigger).meta({ example: "incoming_message" }),
    looked: z.int().meta({ description: "At how many events or messages it was looked.", example: 120 }),
    wouldFire: z.int().meta({ description: "To how many of them it would apply.", example: 7 }),
    isComplete: z
      .boolean()
      .meta({ description: "Whether that is all there was: no more than 1,000 are looked at, for four seconds." }),
    results: z
      .array(simulatedResult)
      .meta({ description: "Those to which it would apply first, each newest first; as many as there is time for." }),
  })
  .meta({ id: "Simulation" });
export type SimulationJson = z.infer<typeof simulationJson>;
