import type { EditPart, RevokePart, StatusPart } from "@parley/channels";
import type { Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import type { NewEvent } from "../events/index.ts";
import { wakeNextAfterCommit } from "../outbound-queue/index.ts";
import { applyEdits } from "./apply-edits.ts";
import { applyStatuses } from "./apply-statuses.ts";
import { holdUpdates } from "./held-updates.ts";
import { lockTargets } from "./lock-targets.ts";
import type { MessageUpdate, TargetMessage } from "./update.ts";

/**
 * Applies statuses, edits and revocations to their messages, holds those whose message is not known yet, and wakes
 * what waited behind a message that is settled now. Returns what happened, for the caller to publish.
 */
export async function applyUpdates(
  ctx: SystemContext,
  sql: Sql,
  updates: readonly MessageUpdate[],
): Promise<NewEvent[]> {
  if (updates.length === 0) return [];
  const at = ctx.clock.now();
  const targets = await lockTargets(sql, updates);
  await holdUpdates(
    sql,
    updates.filter((update) => !targets.has(update)),
  );

  const statuses: { target: TargetMessage; part: StatusPart }[] = [];
  const edits: { target: TargetMessage; part: EditPart | RevokePart }[] = [];
  for (const [{ part }, target] of targets) {
    if (part.kind === "status") statuses.push({ target, part });
    else edits.push({ target, part });
  }
  const { events, settled } = await applyStatuses(sql, statuses, at);
  wakeNextAfterCommit(ctx, sql, settled);
  return [...events, ...(await applyEdits(sql, edits, at))];
}
