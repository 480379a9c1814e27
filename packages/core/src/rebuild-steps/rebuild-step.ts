import type { Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

/** What a part of a step has done. */
export interface RebuiltPart {
  /** Rows that were looked at. */
  count: number;
  /** Behind which row it goes on; null: there is nothing behind. */
  next: string | null;
}

/** Computes something of a tenant anew, part by part, each in a transaction of its own. */
export interface RebuildStep {
  name: string;
  /** Takes the rows behind `after`, from the first if that is null. To do it twice changes nothing. */
  take(sql: Sql, tenantId: string, after: string | null): Promise<RebuiltPart>;
}

/** Takes all steps to their ends. */
export async function takeSteps(
  { database }: Pick<SystemContext, "database">,
  steps: readonly RebuildStep[],
  tenantId: string,
): Promise<void> {
  for (const step of steps) {
    let after: string | null = null;
    do {
      const part: RebuiltPart = await database.system.transaction((sql) => step.take(sql, tenantId, after));
      after = part.next;
    } while (after !== null);
  }
}
