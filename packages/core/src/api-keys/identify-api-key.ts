import { statement, type MembershipRole } from "@parley/db";
import { DomainError } from "@parley/runtime";
import type { ApiKeyActor, SystemContext } from "../context/index.ts";
import { hashKey, looksLikeKey } from "./new-key.ts";
import { readScopes } from "./scopes.ts";

type IdentifyContext = Pick<SystemContext, "database" | "clock" | "logger">;

interface FoundKey {
  id: string;
  tenantId: string;
  role: MembershipRole;
  scopes: string[];
  lastUsedAt: Date | null;
}

// api_key_key_hash_key
const FIND_KEY = statement<FoundKey>(
  "api_key_find",
  `select k.id, k.tenant_id as "tenantId", k.role, coalesce(k.scopes, '{}') as scopes, k.last_used_at as "lastUsedAt"
     from api_key k
     join tenant t on t.id = k.tenant_id
    where k.key_hash = $1
      and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > $2)
      and t.status <> 'CLOSED'`,
);

// api_key_pkey. Of the processes that find it due at the same time, one writes.
const TOUCH_KEY = statement(
  "api_key_touch",
  `update api_key
      set last_used_at = $3
    where tenant_id = $1 and id = $2 and (last_used_at is null or last_used_at <= $4)`,
);

const TOUCHED_EVERY_MS = 60_000;

/**
 * Whose key this is. Looked up for each request and never remembered, so that a key that was revoked is refused at once
 * by every process. Refuses as `unauthenticated` what is not a key, or no longer one, and those of a closed tenant.
 */
export async function identifyApiKey(ctx: IdentifyContext, key: string): Promise<ApiKeyActor> {
  const [found] = looksLikeKey(key) ? await ctx.database.system.rows(FIND_KEY, [hashKey(key), ctx.clock.now()]) : [];
  if (!found) {
    throw new DomainError("unauthenticated", "The X-Api-Key is unknown, expired or revoked; use another key.");
  }
  void touch(ctx, found);
  const { id: apiKeyId, tenantId, role, scopes } = found;
  return { type: "api_key", apiKeyId, isSuperAdmin: false, tenantId, role, scopes: readScopes(scopes) };
}

/** Writes down that the key is in use, once a minute. The request does not wait for it, and does not fail with it. */
async function touch(ctx: IdentifyContext, { tenantId, id, lastUsedAt }: FoundKey): Promise<void> {
  const now = ctx.clock.now();
  const due = new Date(now.getTime() - TOUCHED_EVERY_MS);
  if (lastUsedAt !== null && lastUsedAt > due) return;
  try {
    await ctx.database.system.run(TOUCH_KEY, [tenantId, id, now, due]);
  } catch (error) {
    ctx.logger.debug({ err: error, apiKeyId: id }, "the use of an API key was not written down");
  }
}
