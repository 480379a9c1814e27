import { isServerFault, type Tx } from "@parley/db";
import type { PayloadOf } from "@parley/queue";
import { DomainError, isRetryable } from "@parley/runtime";
import { assertAllowed, type Actor, type SystemContext } from "../context/index.ts";
import { applyTicketChange, asChanger, holdAssignable, lockTicket, tagsAfter } from "../tickets/index.ts";
import { bulkChange } from "./bulk-change.ts";
import type { bulkQueue } from "./bulk-queue.ts";
import { failRest } from "./fail-rest.ts";
import { findCreator } from "./find-creator.ts";
import { finishRow } from "./finish-rows.ts";
import { takeTurn, type Turn } from "./turns.ts";

type Chunk = PayloadOf<(typeof bulkQueue)["jobs"]["run_chunk"]>;

/**
 * Changes the tickets of a chunk, each in a transaction of its own, which holds no more than what a single change of a
 * ticket holds. Ends early when the job was paused or cancelled, or it is not its turn: whoever changes that enqueues
 * it again.
 */
export async function runChunk(ctx: SystemContext, chunk: Chunk): Promise<void> {
  const { tenantId, jobId } = chunk;
  const job = await ctx.database.withTenant(tenantId, (tx) =>
    tx.bulkJob.findUnique({ where: { tenantId_id: { tenantId, id: jobId } } }),
  );
  if (!job) return;
  const creator = await findCreator(ctx, job);
  const objection = objectionTo(creator);
  if (creator && objection === undefined) while (await runRow(ctx, chunk, creator));
  else await failRest(ctx, chunk, objection ?? NOBODY);
}

const NOBODY = "Whoever has started this job is no member of the company any more, or their API key was revoked.";

/** What its creator may do is looked up for each chunk: they may have left, or have another role. */
function objectionTo(creator: Actor | undefined): string | undefined {
  if (!creator) return NOBODY;
  try {
    assertAllowed(creator, "bulk.run");
    assertAllowed(creator, "tickets.change");
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) return `Whoever has started this job may not do so any more. ${error.message}`;
    throw error;
  }
}

/** Gives the next row its turn. False: there is none left, or it is not the job's turn. */
async function runRow(ctx: SystemContext, chunk: Chunk, creator: Actor): Promise<boolean> {
  const { tenantId } = chunk;
  let tried: Turn | undefined;
  try {
    return await ctx.database.withTenant(tenantId, async (tx) => {
      tried = await takeTurn(tx, chunk);
      if (!tried) return false;
      const isChanged = await changeTicket(ctx, tx, tried, creator);
      await finishRow(ctx, tx, tried, { state: isChanged ? "DONE" : "UNCHANGED" });
      return true;
    });
  } catch (error) {
    if (!tried || !isOfThisRow(error)) throw error;
    return giveUp(ctx, chunk, tried, error);
  }
}

async function changeTicket(
  ctx: SystemContext,
  tx: Tx,
  { job: { tenantId, change }, ticketId }: Turn,
  creator: Actor,
): Promise<boolean> {
  const { addTags, removeTags, ...fields } = bulkChange.parse(change);
  await holdAssignable(tx, tenantId, fields);
  const locked = await lockTicket(tx, tenantId, ticketId);
  const { ticket } = locked;
  const tags = addTags || removeTags ? tagsAfter(ticket.tags, { add: addTags, remove: removeTags }) : undefined;
  const by = { ...asChanger(creator), because: "bulk_job" };
  const after = await applyTicketChange(ctx, tx, locked, { ...fields, tags }, by);
  return after.version !== ticket.version;
}

/** Whether another try would end the same, and that only for this row. */
function isOfThisRow(error: unknown): boolean {
  return error instanceof DomainError ? !isRetryable(error) : !isServerFault(error);
}

/** The change was rolled back; that it failed is written down in a transaction of its own. */
function giveUp(ctx: SystemContext, chunk: Chunk, tried: Turn, error: unknown): Promise<boolean> {
  const { tenantId, jobId } = chunk;
  const { position, ticketId } = tried;
  if (!(error instanceof DomainError)) {
    ctx.logger.error({ err: error, tenantId, jobId, ticketId }, "a ticket of a bulk job could not be changed");
  }
  const reason = error instanceof DomainError ? error.message : "Something unexpected went wrong; it was logged.";
  return ctx.database.withTenant(tenantId, async (tx) => {
    const turn = await takeTurn(tx, chunk);
    if (turn?.position === position) await finishRow(ctx, tx, turn, { state: "FAILED", error: reason });
    return turn !== undefined;
  });
}
