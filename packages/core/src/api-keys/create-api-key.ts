import type { MembershipRole, Tx } from "@parley/db";
import { decryptSecret, DomainError, encryptSecret, newId, type SecretBinding } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import {
  authorize,
  authorizeAnew,
  isAllowed,
  requireUser,
  type Action,
  type Actor,
  type RequestContext,
} from "../context/index.ts";
import { once } from "../idempotency/index.ts";
import { lockTenant } from "../tenants/index.ts";
import { toApiKeyJson } from "./api-key-json.ts";
import { hashKey, newKey } from "./new-key.ts";
import type { CreateApiKeyInput, CreatedApiKeyJson } from "./schemas.ts";

/** Far more programs than a company has; a script that makes a key at each of its runs does not go on for ever. */
const MOST_LIVE_KEYS = 100;

/**
 * A program's way into the tenant, with the key itself in the answer. It belongs to the company: it lives on when its
 * maker leaves or loses their role. Scopes that the maker does not hold are `forbidden`; one key too many is a
 * `conflict`. The key is stored nowhere, but for the answer under an Idempotency-Key, which holds it encrypted.
 */
export async function createApiKey(ctx: RequestContext, input: CreateApiKeyInput): Promise<CreatedApiKeyJson> {
  const tenantId = authorize(ctx, "api_keys.manage");
  const createdBy = requireUser(ctx);
  assertInFuture(ctx, input.expiresAt);
  const { sealedKey, ...json } = await ctx.database.withTenant(tenantId, async (tx) => {
    // Whoever may not have a key any more is not shown again what they were given.
    const maker = await authorizeAnew(ctx, tx, "api_keys.manage");
    assertHeld(maker, input.scopes);
    return once(ctx, tx, async () => {
      await assertRoom(ctx, tx, tenantId);
      const { key, prefix } = newKey();
      const row = await tx.apiKey.create({
        data: {
          tenantId,
          id: newId(),
          ...input,
          prefix,
          keyHash: hashKey(key),
          role: roleOf(maker),
          createdBy,
          createdAt: ctx.clock.now(),
        },
      });
      const after = toApiKeyJson(row);
      await recordAudit(ctx, tx, tenantId, {
        action: "api_key.created",
        subject: { type: "api_key", id: row.id },
        after,
      });
      return { ...after, sealedKey: encryptSecret(ctx.keyring, bindingOf(tenantId, row.id), key) };
    });
  });
  return { ...json, key: decryptSecret(ctx.keyring, bindingOf(tenantId, json.id), sealedKey) };
}

function bindingOf(tenantId: string, recordId: string): SecretBinding {
  return { tenantId, recordId, field: "idempotency_key.response_body" };
}

/** Whoever makes a key at the same time waits for this one's. */
async function assertRoom(ctx: RequestContext, tx: Tx, tenantId: string): Promise<void> {
  await lockTenant(tx, tenantId);
  const isLive = { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: ctx.clock.now() } }] };
  const live = await tx.apiKey.count({ where: { tenantId, ...isLive } });
  if (live < MOST_LIVE_KEYS) return;
  throw new DomainError(
    "conflict",
    `The company has ${MOST_LIVE_KEYS} API keys that are in force, which is the most; revoke one that is not needed.`,
  );
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
