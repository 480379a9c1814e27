import { DataExportStatus, ErasureStatus } from "@parley/db";
import { z } from "zod";
import { jsonEnum, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

export const dataExportJson = z
  .object({
    id: z.uuid(),
    contactId: z.uuid(),
    status: jsonEnum(DataExportStatus).meta({
      description: "ready: its archive can be fetched. expired: the archive is deleted.",
      example: "ready",
    }),
    size: z.int().min(0).meta({ description: "Bytes of the archive.", example: 20_480 }),
    createdBy: z.uuid().meta({ description: "The user or the API key who asked for it." }),
    createdAt: timeJson,
    expiresAt: timeJson.nullable().meta({ description: "Until when its archive can be fetched." }),
  })
  .meta({ id: "DataExport" });
export type DataExportJson = z.infer<typeof dataExportJson>;

export const listDataExportsQuery = pageQuery.extend({
  contactId: z.uuid().optional().meta({ description: "Those of one contact." }),
});
export type ListDataExportsQuery = z.output<typeof listDataExportsQuery>;

export const erasureJson = z
  .object({
    id: z.uuid(),
    contactId: z.uuid(),
    status: jsonEnum(ErasureStatus).meta({ example: "done" }),
    step: z.string().meta({ description: "What is being erased.", example: "messages" }),
    counts: z
      .record(z.string(), z.int())
      .meta({ description: "How much was erased, by what it was.", example: { messages: 12, rawEvents: 15 } }),
    requestedBy: z.uuid().meta({ description: "The user or the API key who asked for it." }),
    createdAt: timeJson,
    finishedAt: timeJson.nullable(),
  })
  .meta({ id: "Erasure" });
export type ErasureJson = z.infer<typeof erasureJson>;

export const listErasuresQuery = pageQuery.extend({
  contactId: z.uuid().optional().meta({ description: "That of one contact." }),
});
export type ListErasuresQuery = z.output<typeof listErasuresQuery>;
