import { AuditActorType } from "@parley/db";
import { z } from "zod";
import { jsonEnum, lineText, timeInput, timeJson } from "../json/index.ts";
import { pageQuery } from "../paging/index.ts";

/** What one version of a subject had, of the fields that changed. */
export const auditedFields = z.record(z.string(), z.unknown());

export const auditEntryJson = z
  .object({
    id: z.uuid(),
    actor: z.object({
      type: jsonEnum(AuditActorType),
      id: z.uuid().nullable().meta({ description: "Of the user or of the API key; null for the system." }),
    }),
    action: z.string().meta({ example: "inbox.changed" }),
    subject: z.object({ type: z.string(), id: z.string().nullable() }),
    before: auditedFields.nullable().meta({ description: "Of the fields that changed. Secrets are masked." }),
    after: auditedFields.nullable(),
    address: z.string().nullable(),
    requestId: z.string().nullable(),
    createdAt: timeJson,
  })
  .meta({ id: "AuditEntry" });
export type AuditEntryJson = z.infer<typeof auditEntryJson>;

const filters = {
  action: lineText(100).optional(),
  actorId: z.uuid().optional(),
  subjectType: lineText(100).optional(),
  subjectId: lineText(200).optional(),
  since: timeInput.optional(),
  until: timeInput.optional().meta({ description: "Only entries that were written before." }),
};

export const exportAuditLogQuery = z.strictObject(filters);
export type AuditFilters = z.output<typeof exportAuditLogQuery>;

export const listAuditLogQuery = pageQuery.extend(filters);
export type ListAuditLogQuery = z.output<typeof listAuditLogQuery>;
