import type { MembershipRole } from "@parley/db";
import { DomainError, newId } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, isAllowed, requireUser, type Action, type Actor, type RequestContext } from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { toApiKeyJson } from "./api-key-json.ts";
import { hashKey, newKey } from "./new-key.ts";
import type { CreateApiKeyInput, CreatedApiKeyJson } from "./schemas.ts";

/**
 * A program's way into the tenant, with the key itself in the answer. It belongs to the company: it lives on when its
 * maker leaves or loses their role. Scopes that the maker does not hold are `forbidden`. What is stored under an
 * Idempotency-Key is everything but the key, so a repetition is answered `key: null`.
 */
export async function createApiKey(ctx: RequestContext, input: CreateApiKeyInput): Promise<CreatedApiKeyJson> {
  const tenantId = authorize(ctx, "api_keys.manage");
  const createdBy = requireUser(ctx);
  assertHeld(ctx.actor, input.scopes);
  assertInFuture(ctx, input.expiresAt);
  let shown: string | null = null;
  const apiKey = await ctx.database.withTenant(tenantId, (tx) => {
    // The transaction may be run again after a conflict.
    shown = null;
    return once(ctx, tx, async () => {
      const { key, prefix } = newKey();
      const row = await tx.apiKey.create({
        data: {
          tenantId,
          id: newId(),
          ...input,
          prefix,
          keyHash: hashKey(key),
          role: roleOf(ctx.actor),
          createdBy,
          createdAt: ctx.clock.now(),
        },
      });
      const json = toApiKeyJson(row);
      await recordAudit(ctx, tx, tenantId, {
        action: "api_key.created",
        subject: { type: "api_key", id: row.id },
        after: json,
      });
      shown = key;
      return json;
    });
  });
  return { ...apiKey, key: shown };
}

/** A SUPER_ADMIN may do everything, whatever their role in the tenant. */
function roleOf({ isSuperAdmin, role }: Actor): MembershipRole {
  return isSuperAdmin ? "OWNER" : (role ?? "AGENT");
}

function assertHeld(actor: Actor, scopes: readonly Action[]): void {
  const lacking = scopes.filter((scope) => !isAllowed(actor, scope));
  if (lacking.length === 0) return;
  throw new DomainError(
    "forbidden",
    `You may not do ${lacking.join(", ")} yourself, so you cannot give it to a key; ask somebody who may.`,
  );
}

function assertInFuture(ctx: RequestContext, expiresAt: Date | undefined): void {
  if (expiresAt === undefined || expiresAt > ctx.clock.now()) return;
  const message = "must be in the future";
  throw new DomainError("validation_failed", `expiresAt ${message}.`, { fields: [{ path: "expiresAt", message }] });
}
