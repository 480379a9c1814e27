import { calendarTime, compileCalendar, type WorkCalendar } from "@parley/calendar";
import { statement, type AiTrigger } from "@parley/db";
import { runEvery, type Periodic } from "@parley/runtime";
import type { SystemContext } from "../context/index.ts";
import { readAiSettings, type AiSettings } from "../language-models/index.ts";
import { compileRule, type CompiledRule, type RuleRow } from "../rule-definitions/index.ts";
import { isAmong, type Asked } from "../rule-events/index.ts";
import { toSettingsJson } from "../settings/index.ts";

/** What a tenant's rules became, and what they are asked with. */
export interface TenantRules {
  tenantId: string;
  rules: readonly CompiledRule[];
  /** Those that an event of a time asks, in the order in which they are asked. What they say held at that time. */
  asked(asked: readonly Asked[], at: Date): CompiledRule[];
  /** Whether any looks at turns of customers, to answer them by itself or to make drafts. */
  lookAtTurns: boolean;
  /** Whether any answers them by itself. */
  answersTurns: boolean;
  /** The times that rules for unanswered customers wait, in minutes, the shortest first. */
  waits: readonly number[];
  calendar: WorkCalendar;
  timeZone: string;
  settings: AiSettings;
}

/** Every tenant's rules, compiled once and kept until somebody changes them. */
export interface RuleBook {
  of(tenantId: string): Promise<TenantRules>;
  close(): Promise<void>;
}

/** How soon a worker sees that rules were changed. */
const LOOK_EVERY_MS = 250;
const OF_MESSAGES: ReadonlySet<AiTrigger> = new Set<AiTrigger>([
  "INCOMING_MESSAGE",
  "ORDER_ISSUE",
  "RETURN_REQUEST",
  "NEGATIVE_SENTIMENT",
]);

// ai_rule_revision_txid_idx. What a transaction wrote that is still open now is looked for again.
const FIND_CHANGED = statement<{ tenantId: string | null; revision: string | null; xmin: string }>(
  "rule_revisions_changed",
  `select r.tenant_id as "tenantId", r.revision::text as revision, s.xmin::text as xmin
     from (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as xmin) s
     left join ai_rule_revision r on r.txid >= $1`,
);
// ai_rule_revision_pkey
const READ_REVISION = statement<{ revision: string }>(
  "rule_revision_read",
  `select revision::text as revision from ai_rule_revision where tenant_id = $1`,
);

interface Kept {
  revision: string;
  rules: Promise<TenantRules>;
}

export function createRuleBook(ctx: SystemContext): RuleBook {
  const kept = new Map<string, Kept>();
  let seenUntil = "0";

  async function forgetChanged(): Promise<void> {
    const rows = await ctx.database.system.rows(FIND_CHANGED, [seenUntil]);
    for (const { tenantId, revision } of rows) {
      if (tenantId !== null && kept.get(tenantId)?.revision !== revision) kept.delete(tenantId);
    }
    seenUntil = rows[0]?.xmin ?? seenUntil;
  }

  const looking: Periodic = runEvery(LOOK_EVERY_MS, ctx.logger, "look for changed rules", forgetChanged);

  async function load(tenantId: string): Promise<TenantRules> {
    return ctx.database.withSystem(async (tx) => {
      const rows = await tx.aiRule.findMany({
        where: { tenantId, isActive: true, suspendedAt: null, executionMode: { not: "DISABLED" } },
        orderBy: [{ priority: "asc" }, { id: "asc" }],
      });
      const tenant = await tx.tenant.findUniqueOrThrow({ where: { id: tenantId } });
      const settings = toSettingsJson(tenant);
      return toTenantRules(tenantId, compileAll(ctx, rows), {
        calendar: readCalendar(ctx, tenantId, settings),
        timeZone: settings.timeZone,
        settings: await readAiSettings(tx, tenantId),
      });
    });
  }

  return {
    async of(tenantId) {
      const known = kept.get(tenantId);
      if (known) return known.rules;
      // The revision is read first: what changes in between is loaded twice rather than never.
      const [row] = await ctx.database.system.rows(READ_REVISION, [tenantId]);
      const entry: Kept = { revision: row?.revision ?? "0", rules: load(tenantId) };
      kept.set(tenantId, entry);
      entry.rules.catch(() => kept.delete(tenantId));
      return entry.rules;
    },
    close: () => looking.stop(),
  };
}

/** A rule that this version cannot read must not keep the others from being asked. */
function compileAll(ctx: SystemContext, rows: readonly RuleRow[]): CompiledRule[] {
  return rows.flatMap((row) => {
    try {
      return [compileRule(row)];
    } catch (error) {
      ctx.logger.error({ err: error, tenantId: row.tenantId, ruleId: row.id }, "a rule cannot be compiled; change it");
      return [];
    }
  });
}

/** Hours that never open cannot be stored any more, but may have been. */
function readCalendar(
  ctx: SystemContext,
  tenantId: string,
  settings: Parameters<typeof compileCalendar>[0],
): WorkCalendar {
  try {
    return compileCalendar(settings);
  } catch (error) {
    ctx.logger.warn({ err: error, tenantId }, "the business hours cannot be read; the tenant counts as always open");
    return calendarTime;
  }
}

export function toTenantRules(
  tenantId: string,
  rules: readonly CompiledRule[],
  setting: Pick<TenantRules, "calendar" | "timeZone" | "settings">,
): TenantRules {
  const ofTrigger = Map.groupBy(rules, ({ trigger }) => trigger);
  const ofTurns = rules.filter(({ answers, trigger }) => answers && OF_MESSAGES.has(trigger));
  const place = new Map(rules.map((rule, index) => [rule.id, index]));
  return {
    tenantId,
    rules,
    asked(asked, at) {
      const found = asked.flatMap((each) =>
        (ofTrigger.get(each.trigger) ?? []).filter((rule) => rule.effectiveFrom <= at && isAmong(rule, each)),
      );
      return asked.length > 1
        ? found.toSorted((one, other) => (place.get(one.id) ?? 0) - (place.get(other.id) ?? 0))
        : found;
    },
    lookAtTurns: ofTurns.length > 0,
    answersTurns: ofTurns.some(({ executionMode }) => executionMode === "AUTO_EXECUTE"),
    waits: [...new Set(rules.flatMap(({ waitMinutes }) => waitMinutes ?? []))].toSorted((one, other) => one - other),
    ...setting,
  };
}
