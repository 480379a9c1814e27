import { newId } from "@parley/runtime";
import type { TestApi } from "../api.fixture.ts";
import type { Desk } from "./desk.fixture.ts";

/** The entries of a tenant's audit log, oldest first, with all that is stored of them. */
export const readAudit = (
  { context }: TestApi,
  where: { tenantId: string; action?: string; subjectType?: string; subjectId?: string },
) => context.database.withSystem((tx) => tx.auditEntry.findMany({ where, orderBy: { id: "asc" } }));

/** Writes an entry as some verb of the desk's company would, and returns its id. */
export async function addEntry(
  { context }: TestApi,
  { tenant }: Desk,
  entry: {
    tenantId?: string;
    action?: string;
    actorId?: string;
    subjectType?: string;
    subjectId?: string;
    createdAt?: Date;
    address?: string;
    after?: object;
  } = {},
): Promise<string> {
  const id = newId();
  await context.database.withSystem((tx) =>
    tx.auditEntry.create({
      data: { id, tenantId: tenant.id, actorType: "USER", action: "team.changed", subjectType: "team", ...entry },
    }),
  );
  return id;
}
