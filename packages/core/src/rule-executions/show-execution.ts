import { authorize, type RequestContext } from "../context/index.ts";
import { readSkip } from "./read-skips.ts";
import { noSuchExecution, toExecutionWithReceiptsJson, type ExecutionWithReceiptsJson } from "./execution-json.ts";

/** What came of a rule that was asked about an event, with what each of its actions did. */
export async function showExecution(ctx: RequestContext, { id }: { id: string }): Promise<ExecutionWithReceiptsJson> {
  const tenantId = authorize(ctx, "ai_rules.read");
  return ctx.database.withTenant(tenantId, async (tx) => {
    const execution = await tx.aiRuleExecution.findUnique({
      where: { tenantId_id: { tenantId, id } },
      include: { receipts: { orderBy: { position: "asc" } } },
    });
    const found = execution ?? (await readSkip(tx, tenantId, id));
    if (!found) throw noSuchExecution();
    return toExecutionWithReceiptsJson({ receipts: [], ...found });
  });
}
