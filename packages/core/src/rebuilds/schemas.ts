import { RebuildStatus, RebuildTarget } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

export const createRebuildInput = z
  .strictObject({
    target: enumInput(RebuildTarget).meta({
      description:
        "search: the index, from contacts, tickets and messages; reports: what they are read from, from messages, conversations and " +
        "logs of tickets; usage: roll-ups, from the ledger.",
      example: "reports",
    }),
  })
  .meta({ id: "CreateRebuild" });
export type CreateRebuildInput = z.output<typeof createRebuildInput>;

export const rebuildJson = z
  .object({
    id: z.uuid(),
    tenantId: z.uuid(),
    target: jsonEnum(RebuildTarget),
    status: jsonEnum(RebuildStatus),
    step: z.string().meta({ description: "What is done now, or was last.", example: "messages" }),
    rows: z.int().meta({ description: "How many rows were looked at.", example: 15_000 }),
    createdBy: z.uuid().meta({ description: "The administrator who asked for it." }),
    createdAt: timeJson,
    progressedAt: timeJson,
    finishedAt: timeJson.nullable(),
  })
  .meta({ id: "Rebuild" });
export type RebuildJson = z.infer<typeof rebuildJson>;

export const listRebuildsQuery = pageQuery;
export type ListRebuildsQuery = z.output<typeof listRebuildsQuery>;
