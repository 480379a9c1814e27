import type { Tx } from "@parley/db";
import { assertPublicUrl, DomainError, OutboundError, type Keyring } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { touchRules } from "../rule-revisions/index.ts";
import { lockTenant } from "../tenants/index.ts";
import { toAiSettingsJson } from "./ai-settings-json.ts";
import { readAiSettings, sealApiKey, type AiSettings } from "./ai-settings.ts";
import { assertFitTogether, assertKeyStays, invalidSettings } from "./fit-settings.ts";
import type { ModelContext } from "./model-context.ts";
import type { AiSettingsJson, ChangeAiSettingsInput } from "./schemas.ts";

/**
 * Changes what is given; what comes of it has the next version. With `version`, only if the settings are still at it, else
 * `conflict`. What changes nothing makes no version. `validation_failed`: what comes of it does not fit together, the base
 * URL is not public, the team is not there, or the key would go to another place than the one that it was given for.
 */
export async function changeAiSettings(
  ctx: RequestContext & ModelContext,
  { version, ...input }: ChangeAiSettingsInput,
): Promise<AiSettingsJson> {
  const tenantId = authorize(ctx, "ai_settings.manage");
  const baseUrl = input.baseUrl && readBaseUrl(input.baseUrl, ctx.models.privateHosts);
  const change = columnsOf(ctx.keyring, tenantId, { ...input, baseUrl });
  return ctx.database.withTenant(tenantId, async (tx) => {
    // Whoever deletes the team locks it first, and then these settings.
    if (change.handOffTeamId) await holdTeam(tx, tenantId, change.handOffTeamId);
    const before = await lockAiSettings(tx, tenantId);
    if (version !== undefined && version !== before.version) {
      throw new DomainError("conflict", "The settings have changed since; read them again and repeat the change.");
    }
    const wanted = { ...before, ...change };
    assertKeyStays(before, wanted, input.apiKey);
    assertFitTogether(wanted);
    if (!isChange(before, change)) return toAiSettingsJson(before);
    const now = ctx.clock.now();
    await tx.aiSettings.upsert({
      where: { tenantId },
      create: { ...change, tenantId, version: before.version + 1, updatedAt: now },
      update: { ...change, version: { increment: 1 }, updatedAt: now },
    });
    await touchRules(tx, tenantId);
    const after = toAiSettingsJson(await readAiSettings(tx, tenantId));
    await recordAudit(ctx, tx, tenantId, {
      action: "ai_settings.changed",
      subject: { type: "ai_settings", id: tenantId },
      before: toAiSettingsJson(before),
      after: { ...after, ...(input.apiKey !== undefined && { sealedFields: ["apiKey"] }) },
    });
    return after;
  });
}

/** As they are, until the transaction ends. There may be no row yet, so the tenant's is locked first. */
async function lockAiSettings(tx: Tx, tenantId: string): Promise<AiSettings> {
  await lockTenant(tx, tenantId);
  await tx.$executeRaw`select from ai_settings where tenant_id = ${tenantId}::uuid for no key update`;
  return readAiSettings(tx, tenantId);
}

async function holdTeam(tx: Tx, tenantId: string, id: string): Promise<void> {
  const teams = await tx.$queryRaw<unknown[]>`
    select id from team where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for key share`;
  if (teams.length === 0) {
    throw invalidSettings([{ path: "handOffTeamId", message: "is not a team of this company" }]);
  }
}

/** Without the slash at its end. */
function readBaseUrl(given: string, privateHosts: readonly string[]): string {
  try {
    const url = assertPublicUrl(given, privateHosts);
    if (url.search === "" && url.hash === "") return url.href.replace(/\/+$/, "");
    throw invalidSettings([{ path: "baseUrl", message: "must end with its path: without ? and #" }]);
  } catch (error) {
    if (!(error instanceof OutboundError)) throw error;
    throw invalidSettings([{ path: "baseUrl", message: error.message }], error);
  }
}

/** What is given, as it is stored. */
type Columns = Partial<Omit<AiSettings, "tenantId" | "version" | "updatedAt">>;

function columnsOf(keyring: Keyring, tenantId: string, input: Omit<ChangeAiSettingsInput, "version">): Columns {
  const { apiKey, monthlyBudget, inputPrice, outputPrice, ...plain } = input;
  const columns = {
    ...plain,
    sealedApiKey: apiKey && sealApiKey(keyring, tenantId, apiKey),
    monthlyBudgetMicros: monthlyBudget,
    inputPriceMicros: inputPrice,
    outputPriceMicros: outputPrice,
  };
  // What is not given must not hide what there is.
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

/** A key that is given is a change, whatever it is: no two envelopes of one are the same. */
function isChange(before: AiSettings, change: Columns): boolean {
  const was = new Map<string, unknown>(Object.entries(before));
  return Object.entries(change).some(([field, value]) =>
    Array.isArray(value) ? JSON.stringify(value) !== JSON.stringify(was.get(field)) : value !== was.get(field),
  );
}
