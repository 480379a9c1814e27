import { BulkJobStatus, BulkRowState } from "@parley/db";
import { z } from "zod";
import { enumInput, jsonEnum, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";
import { storedTicketFilter } from "../tickets/index.ts";
import { bulkChange, bulkChangeJson } from "./bulk-change.ts";

const MAX_IDS = 10_000;

export const bulkJobJson = z
  .object({
    id: z.uuid(),
    status: jsonEnum(BulkJobStatus),
    change: bulkChangeJson,
    total: z.int().meta({ description: "How many tickets it is about.", example: 1_200 }),
    finished: z.int().meta({ description: "How many of them have had their turn.", example: 300 }),
    failed: z.int().meta({ description: "How many of those could not be changed.", example: 2 }),
    progress: z.number().min(0).max(1).meta({ description: "finished by total.", example: 0.25 }),
    createdBy: z.uuid().meta({ description: "The user or the API key in whose name it runs." }),
    createdAt: timeJson,
    finishedAt: timeJson.nullable().meta({ description: "When it was done or cancelled." }),
  })
  .meta({ id: "BulkJob" });
export type BulkJobJson = z.infer<typeof bulkJobJson>;

export const bulkRowJson = z
  .object({
    position: z.int().meta({ description: "Counts up from 1 within the job.", example: 1 }),
    ticketId: z.uuid(),
    ticketNumber: z.int().meta({ example: 4_711 }),
    state: jsonEnum(BulkRowState).meta({ description: "unchanged: it was so already." }),
    error: z.string().nullable().meta({
      description: "Why it failed.",
      example: "This ticket was merged into another; go on there.",
    }),
  })
  .meta({ id: "BulkRow" });
export type BulkRowJson = z.infer<typeof bulkRowJson>;

export const createBulkJobInput = z
  .strictObject({
    ticketIds: z
      .array(z.uuid())
      .min(1)
      .max(MAX_IDS)
      .optional()
      .meta({ description: `At most ${MAX_IDS}.` }),
    filter: storedTicketFilter.optional().meta({ description: "Instead: those that it means when the job is made." }),
    change: bulkChange,
  })
  .refine(
    ({ ticketIds, filter }) => (ticketIds === undefined) !== (filter === undefined),
    "must name either ticketIds or a filter",
  )
  .refine(({ filter }) => filter === undefined || Object.values(filter).some((part) => part !== undefined), {
    path: ["filter"],
    message: "must name a condition: without any it would mean every ticket",
  })
  .meta({ id: "CreateBulkJob", example: { filter: { status: ["resolved"] }, change: { status: "closed" } } });
export type CreateBulkJobInput = z.output<typeof createBulkJobInput>;

export const listBulkJobsQuery = pageQuery.extend({ status: enumInput(BulkJobStatus).optional() });
export type ListBulkJobsQuery = z.output<typeof listBulkJobsQuery>;

export const listBulkRowsQuery = pageQuery.extend({ state: enumInput(BulkRowState).optional() });
export type ListBulkRowsQuery = z.output<typeof listBulkRowsQuery>;
