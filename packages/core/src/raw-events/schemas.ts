import { Channel, RawEventStatus } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, timeInput, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

const fields = {
  id: z.uuid(),
  channel: jsonEnum(Channel),
  inboxId: z.uuid().nullable(),
  status: jsonEnum(RawEventStatus).meta({ example: "quarantined" }),
  reason: z.string().nullable().meta({ description: "Why it is quarantined.", example: "unknown_inbox" }),
  receivedAt: timeJson,
  appliedAt: timeJson.nullable().meta({ example: null }),
  attempts: z.int(),
};

export const rawEventJson = z.object(fields).meta({ id: "RawEvent" });
export type RawEventJson = z.infer<typeof rawEventJson>;

export const rawEventWithBodyJson = z
  .object({
    ...fields,
    ignoredParts: z.record(z.string(), z.int()).meta({ description: "Known parts that are not needed, by name." }),
    body: z.unknown().meta({
      description: "What arrived: its JSON, or its text where it is none.",
      example: { object: "whatsapp_business_account", entry: [] },
    }),
  })
  .meta({ id: "RawEventWithBody" });
export type RawEventWithBodyJson = z.infer<typeof rawEventWithBodyJson>;

export const rawEventStatsJson = z
  .object({
    received: z.int().meta({ description: "All of them: applied + ignored + quarantined + pending." }),
    applied: z.int(),
    ignored: z.int(),
    quarantined: z.int(),
    pending: z.int(),
    ignoredByName: z.record(z.string(), z.int()).meta({ description: "Ignored parts of events, by name." }),
  })
  .meta({ id: "RawEventStats" });
export type RawEventStatsJson = z.infer<typeof rawEventStatsJson>;

export const listRawEventsQuery = pageQuery.extend({
  status: enumInput(RawEventStatus).optional(),
  inboxId: z.uuid().optional(),
  since: timeInput.optional().meta({ description: "Received at or after this time." }),
});
export type ListRawEventsQuery = z.output<typeof listRawEventsQuery>;
