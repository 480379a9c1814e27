import type { Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { recordAudit } from "../audit/index.ts";
import { authorize, type RequestContext } from "../context/index.ts";
import { noSuchInbox } from "../inboxes/index.ts";
import { replanSchedules, touchRules } from "../rule-revisions/index.ts";
import { reviseSla } from "../sla-clocks/index.ts";
import { lockTenant } from "../tenants/index.ts";
import type { ChangeSettingsInput, SettingsJson } from "./schemas.ts";
import { toSettingsJson } from "./settings-json.ts";

/**
 * Replaces each setting that is given; what comes of it has the next version. With `version`, only if the settings are
 * still at it, else `conflict`. What changes nothing makes no version. Refuses as `validation_failed` texts in languages
 * that the company does not have.
 */
export async function changeSettings(ctx: RequestContext, input: ChangeSettingsInput): Promise<SettingsJson> {
  const tenantId = authorize(ctx, "settings.change");
  const { version, ...change } = input;
  return ctx.database.withTenant(tenantId, async (tx) => {
    const before = toSettingsJson(await lockTenant(tx, tenantId));
    if (version !== undefined && version !== before.version) {
      throw new DomainError("conflict", "The settings have changed since; read them again and repeat the change.");
    }
    assertSpoken(change, change.languages ?? before.languages);
    if (!isChange(before, change)) return before;
    if (change.defaultInboxId) await holdInbox(tx, tenantId, change.defaultInboxId);
    const now = ctx.clock.now();
    const tenant = await tx.tenant.update({
      where: { id: tenantId },
      data: { ...change, settingsVersion: { increment: 1 }, settingsUpdatedAt: now, updatedAt: now },
    });
    const after = toSettingsJson(tenant);
    if (isTimed(change)) {
      await reviseSla(ctx, tx, tenantId);
      await touchRules(tx, tenantId);
    }
    if (before.timeZone !== after.timeZone) await replanSchedules(ctx, tx, tenantId);
    const subject = { type: "settings", id: tenantId };
    await recordAudit(ctx, tx, tenantId, { action: "settings.changed", subject, before, after });
    return after;
  });
}

/** Refuses as `validation_failed` texts in languages that the company does not have. */
function assertSpoken({ survey }: ChangeSettingsInput, languages: readonly string[]): void {
  const others = Object.keys(survey?.translations ?? {}).filter((language) => !languages.includes(language));
  if (others.length === 0) return;
  const message = "is not a language of the company; add it to the languages first";
  const fields = others.map((language) => ({ path: `survey.translations.${language}`, message }));
  throw new DomainError("validation_failed", `${others[0]} ${message}.`, { fields });
}

/** What promises are counted by, and rules ask for. */
function isTimed({ timeZone, businessHours, holidays }: ChangeSettingsInput): boolean {
  return timeZone !== undefined || businessHours !== undefined || holidays !== undefined;
}

function isChange(before: SettingsJson, change: Omit<ChangeSettingsInput, "version">): boolean {
  const was = new Map<string, unknown>(Object.entries(before));
  return Object.entries(change).some(
    ([field, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(was.get(field)),
  );
}

/** Nobody deletes the inbox before it is the default one. */
async function holdInbox(tx: Tx, tenantId: string, id: string): Promise<void> {
  const inboxes = await tx.$queryRaw<unknown[]>`
    select id from inbox where tenant_id = ${tenantId}::uuid and id = ${id}::uuid for key share`;
  if (inboxes.length === 0) throw noSuchInbox();
}
