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
    subject: z.object({
      type: z.string().meta({ example: "inbox" }),
      id: z.string().nullable().meta({ example: "019c1234-5678-7436-836f-a83bc726e1c1" }),
    }),
    before: auditedFields.nullable().meta({
      description: "Of the fields that changed; null if there was none. Secrets are masked.",
      example: { name: "Support" },
    }),
    after: auditedFields
      .nullable()
      .meta({ description: "Likewise; null if there is none any more.", example: { name: "Sales" } }),
    address: z.string().nullable().meta({ description: "Where the request came from.", example: "192.0.2.1" }),
    requestId: z
      .string()
      .nullable()
      .meta({ description: "Its X-Request-Id.", example: "7c1f9a52-3f0e-4d0b-9a57-0d6f3c2b8e41" }),
    createdAt: timeJson,
  })
  .meta({ id: "AuditEntry" });
export type AuditEntryJson = z.infer<typeof auditEntryJson>;

const filters = {
  action: lineText(100).optional().meta({ example: "inbox.changed" }),
  actorId: z.uuid().optional(),
  subjectType: lineText(100).optional().meta({ example: "inbox" }),
  subjectId: lineText(200).optional().meta({ example: "019c1234-5678-7436-836f-a83bc726e1c1" }),
  since: timeInput.optional().meta({ description: "Only entries that were written then or later." }),
  until: timeInput.optional().meta({ description: "Only entries that were written before." }),
};

export const exportAuditLogQuery = z.strictObject(filters);
export type AuditFilters = z.output<typeof exportAuditLogQuery>;

export const listAuditLogQuery = pageQuery.extend(filters);
export type ListAuditLogQuery = z.output<typeof listAuditLogQuery>;
