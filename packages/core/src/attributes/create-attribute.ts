import { isUniqueViolation, type Tx } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { toAttributeJson } from "./attribute-json.ts";
import type { AttributeOwner } from "./attribute-owner.ts";
import { definitionsOf } from "./definition-rows.ts";
import type { AttributeJson, CreateAttributeInput } from "./schemas.ts";

const MAX_ATTRIBUTES = 100;

/** A field of the tenant's own for what `owner` says. `conflict`: the key is taken, or there are as many as there may be. */
export async function createAttribute(
  ctx: RequestContext,
  owner: AttributeOwner,
  input: CreateAttributeInput,
): Promise<AttributeJson> {
  const tenantId = authorize(ctx, owner.manage);
  const id = newId();
  try {
    return await ctx.database.withTenant(tenantId, (tx) =>
      once(ctx, tx, async () => {
        await assertRoom(tx, owner, tenantId);
        const now = ctx.clock.now();
        const data = { ...input, options: input.options ?? [], tenantId, id, createdAt: now, updatedAt: now };
        const attribute = toAttributeJson(await definitionsOf(tx, owner).create({ data }));
        await recordAudit(ctx, tx, tenantId, {
          action: `${owner.table}.created`,
          subject: { type: owner.table, id },
          after: attribute,
        });
        return attribute;
      }),
    );
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new DomainError("conflict", `A ${owner.thing} attribute with this key exists already; choose another key.`);
  }
}

async function assertRoom(tx: Tx, owner: AttributeOwner, tenantId: string): Promise<void> {
  // Two at once could both be the last.
  await tx.$executeRaw`select from tenant where id = ${tenantId}::uuid for no key update`;
  if ((await definitionsOf(tx, owner).count({ where: { tenantId } })) < MAX_ATTRIBUTES) return;
  throw new DomainError(
    "conflict",
    `A company has at most ${MAX_ATTRIBUTES} ${owner.thing} attributes; delete one first.`,
  );
}
