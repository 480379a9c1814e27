import { ActorType } from "@parley/db";
import { z } from "zod";
import { EVENT_TYPES } from "../context/index.ts";
import { enumInput, jsonEnum, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

export const eventJson = z
  .object({
    id: z.string().meta({ description: "A number as text; the greater of two was written later.", example: "4711" }),
    type: z.string().meta({ example: "status_changed" }),
    actorType: jsonEnum(ActorType).meta({ example: "agent" }),
    actorId: z.uuid().nullable().meta({ description: "Of a member, for an agent." }),
    summary: z.string().meta({
      description: "What happened, in one line.",
      example: "Agent One changed the status from open to resolved",
    }),
    contactId: z.uuid().nullable(),
    conversationId: z.uuid().nullable(),
    ticketId: z.uuid().nullable(),
    messageId: z.uuid().nullable(),
    data: z.record(z.string(), z.unknown()).meta({ example: { from: "open", to: "resolved" } }),
    createdAt: timeJson,
  })
  .meta({ id: "Event" });
export type EventJson = z.infer<typeof eventJson>;

const eventTypes = Object.fromEntries(EVENT_TYPES.map((type) => [type, type] as const));

export const listEventsQuery = pageQuery
  .extend({
    since: pageQuery.shape.cursor.meta({ description: "The endCursor of an answer before; the same as cursor." }),
    type: enumInput(eventTypes).optional().meta({ example: "status_changed" }),
  })
  .refine(({ since, cursor }) => since === undefined || cursor === undefined, "must name since or cursor, not both")
  .transform(({ since, cursor, ...query }) => ({ ...query, cursor: since ?? cursor }));
export type ListEventsQuery = z.output<typeof listEventsQuery>;
