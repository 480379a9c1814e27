import type { Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import { publishEventsSql } from "../events/index.ts";
import { assignmentQueue } from "./assignment-queue.ts";
import { distribute } from "./distribute.ts";
import { couldGive } from "./find-assignable.ts";
import {
  findLastHolders,
  findPeople,
  findSkillTags,
  findWaiting,
  lockPolicies,
  readRules,
  type LockedPolicy,
} from "./read-distribution.ts";
import { keepUnchanged, keepWhatFits, writeAssignments, type GivenTicket } from "./write-assignments.ts";

/** Tickets of one transaction: conversations are locked until its end, and ingest waits for them. */
const BATCH = 200;

/**
 * Gives the tenant's waiting tickets to people, a batch in a transaction at a time, until nothing can be given. Returns how
 * many were given. Runs that meet wait for each other at the policies, so no ticket is given twice. Nobody is given more
 * than they have room for, which is counted under the lock of their membership: `takeNextTicket` takes it as well. It is
 * the set-wise twin of `applyTicketChange`: what that does for one ticket's assignee, this does for many, under the same
 * locks and with the same events.
 */
export async function assignWaiting(ctx: SystemContext, tenantId: string): Promise<number> {
  const { system } = ctx.database;
  let total = 0;
  let isDone = !(await couldGive(system, tenantId));
  while (!isDone) {
    const batch = await system.transaction((sql) => assignBatch(ctx, sql, tenantId));
    total += batch.given;
    isDone = batch.isLast;
  }
  return total;
}

interface Batch {
  given: number;
  /** Nothing is left that could be given, as far as this transaction saw. */
  isLast: boolean;
}

/** Locks policies, then people, conversations by id, and tickets by id. */
async function assignBatch(ctx: SystemContext, sql: Sql, tenantId: string): Promise<Batch> {
  const locked = await lockPolicies(sql, tenantId);
  const people = locked.length > 0 ? await findPeople(sql, tenantId) : [];
  if (people.length === 0) return { given: 0, isLast: true };
  const policies = await readRules(sql, tenantId, locked, people);
  const skillTags = await findSkillTags(sql, tenantId, policies);
  const waiting = await findWaiting(sql, tenantId, { policies, people, skillTags }, BATCH);

  const sticky = new Set(policies.filter(({ isSticky }) => isSticky).map(({ id }) => id));
  const lastHolders = await findLastHolders(
    sql,
    tenantId,
    waiting.tickets.filter(({ policyId }) => sticky.has(policyId)),
  );
  const tickets = waiting.tickets.map((ticket) => ({ ...ticket, lastHolderId: lastHolders.get(ticket.id) ?? null }));
  const assignments = distribute({ tickets, policies, people, skillTags });
  if (assignments.length === 0) return { given: 0, isLast: true };

  const wanted = withTeams(assignments, tickets, locked);
  const possible = await keepWhatFits(sql, tenantId, wanted);
  const given = await keepUnchanged(sql, tenantId, possible);
  const events = await writeAssignments(sql, tenantId, given, ctx.clock.now());
  await publishEventsSql(exceptToMyself(ctx), sql, events);
  // What was lost to somebody else's change is looked at again: it may still wait.
  return { given: given.length, isLast: !waiting.isCut && given.length === wanted.length };
}

function withTeams(
  assignments: ReturnType<typeof distribute>,
  tickets: readonly GivenTicket["ticket"][],
  policies: readonly LockedPolicy[],
): GivenTicket[] {
  const ticketOf = new Map(tickets.map((ticket) => [ticket.id, ticket]));
  const teamOf = new Map(policies.map(({ id, teamId }) => [id, teamId]));
  return assignments.flatMap((assignment) => {
    const ticket = ticketOf.get(assignment.ticketId);
    return ticket ? [{ ...assignment, ticket, teamId: teamOf.get(assignment.policyId) ?? ticket.teamId }] : [];
  });
}

/** Giving a ticket to somebody frees nobody, and this run goes on by itself. Other followers of the log hear of it. */
function exceptToMyself(ctx: SystemContext): SystemContext {
  return { ...ctx, subscriptions: ctx.subscriptions.filter(({ queue }) => queue.name !== assignmentQueue.name) };
}
