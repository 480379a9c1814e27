import { columnsOf, Prisma, sqlOf, statement, type AnyTx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { z } from "zod";
import { toJsonEnum } from "../json/index.ts";
import { ruleAction, toRuleActionJson, type RuleAction } from "../rule-actions/index.ts";
import { draftSource, type AiDraftJson, type DraftSource } from "./schemas.ts";

type StoredDraft = Prisma.AiResponseDraftGetPayload<object>;

/** A draft as the driver reads it. */
export type SelectedDraft = Omit<StoredDraft, "confidence"> & { confidence: string | null };

export interface DraftRow extends Omit<StoredDraft, "confidence" | "sources" | "actions"> {
  /** 0 to 1 */
  confidence: number | null;
  sources: DraftSource[];
  actions: RuleAction[];
}

/** Of `ai_response_draft d`, as a SelectedDraft. */
export const DRAFT_COLUMNS = columnsOf("d", Prisma.AiResponseDraftScalarFieldEnum);

const storedSources = z.array(draftSource);
const storedActions = z.array(ruleAction);

// ai_response_draft_pkey
const READ = statement<SelectedDraft>(
  "ai_draft_read",
  `select ${DRAFT_COLUMNS} from ai_response_draft d where d.tenant_id = $1 and d.id = $2`,
);

export function toDraftRow(selected: SelectedDraft): DraftRow {
  return {
    ...selected,
    confidence: selected.confidence === null ? null : Number(selected.confidence),
    sources: storedSources.parse(selected.sources),
    actions: storedActions.parse(selected.actions),
  };
}

export async function readDraft(tx: AnyTx, tenantId: string, id: string): Promise<DraftRow> {
  const [draft] = await sqlOf(tx).rows(READ, [tenantId, id]);
  if (!draft) throw new DomainError("not_found", "There is no suggestion with this id.");
  return toDraftRow(draft);
}

export function toDraftJson({ tenantId: _tenantId, ...draft }: DraftRow): AiDraftJson {
  return {
    ...draft,
    actions: draft.actions.map(toRuleActionJson),
    state: toJsonEnum(draft.state),
    decidedAt: draft.decidedAt?.toISOString() ?? null,
    createdAt: draft.createdAt.toISOString(),
  };
}
