import type { AuditActorType, Prisma, Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import type { ApiKeyActor, RequestOrigin, SystemContext, UserActor } from "../context/index.ts";

/** Whoever makes the change: as the request has it, or as the verb knows it when nobody is signed in yet. */
export type AuditActor = Pick<UserActor, "type" | "userId"> | Pick<ApiKeyActor, "type" | "apiKeyId">;

/** What is written down besides the change. A RequestContext has it all; without an actor it was the system. */
export interface AuditContext extends Pick<SystemContext, "clock"> {
  actor?: AuditActor;
  origin: RequestOrigin;
  requestId?: string;
}

/** An administrative change, as the verb that makes it knows it. */
export interface AuditedChange {
  /** What was done: a subject and a participle, such as "inbox.changed". */
  action: string;
  subject: { type: string; id: string | null };
  /** The subject's JSON as it was and as it is. Only fields that differ are kept, and secrets not at all. */
  before?: object | null;
  after?: object | null;
}

/** The entry has a time of its own. */
const BOOKKEEPING = new Set(["updatedAt"]);

const SECRET = /password|secret|token|credential|hash/i;
const MASK = "***";

/**
 * Writes a change down in the transaction that makes it: who, what, from where, and what was there before. A change from
 * which nothing differs is none, and leaves no entry.
 */
export async function recordAudit(ctx: AuditContext, tx: Tx, tenantId: string, change: AuditedChange): Promise<void> {
  const entry = entryOf(ctx, change);
  if (entry) await tx.auditEntry.createMany({ data: { tenantId, ...entry } });
}

/**
 * The same for what belongs to no tenant: the platform's people, its queues, events of unknown numbers. `tx` is one of the
 * system's. Only SUPER_ADMINs read it.
 */
export async function recordPlatformAudit(ctx: AuditContext, tx: Tx, change: AuditedChange): Promise<void> {
  const entry = entryOf(ctx, change);
  if (entry) await tx.platformAuditEntry.createMany({ data: entry });
}

function entryOf(ctx: AuditContext, change: AuditedChange): Prisma.PlatformAuditEntryCreateManyInput | undefined {
  const { before, after } = differences(change.before ?? null, change.after ?? null);
  if (before && after && Object.keys({ ...before, ...after }).length === 0) return undefined;
  return {
    id: newId(),
    ...actorColumns(ctx.actor),
    action: change.action,
    subjectType: change.subject.type,
    subjectId: change.subject.id,
    before,
    after,
    address: ctx.origin.address,
    requestId: ctx.requestId,
    createdAt: ctx.clock.now(),
  };
}

function actorColumns(actor: AuditActor | undefined): { actorType: AuditActorType; actorId: string | null } {
  if (!actor) return { actorType: "SYSTEM", actorId: null };
  return actor.type === "user"
    ? { actorType: "USER", actorId: actor.userId }
    : { actorType: "API_KEY", actorId: actor.apiKeyId };
}

interface Differences {
  before?: Prisma.InputJsonObject;
  after?: Prisma.InputJsonObject;
}

/** What differs between two versions of a subject, with secrets masked. A version that there is not has no fields. */
export function differences(before: object | null, after: object | null): Differences {
  const was = new Map<string, unknown>(Object.entries(before ?? {}));
  const is = new Map<string, unknown>(Object.entries(after ?? {}));
  const changed = [...new Set([...was.keys(), ...is.keys()])].filter(
    (field) => !BOOKKEEPING.has(field) && JSON.stringify(was.get(field)) !== JSON.stringify(is.get(field)),
  );
  const pick = (version: Map<string, unknown>): Prisma.InputJsonObject =>
    Object.fromEntries(
      changed.filter((field) => version.has(field)).map((field) => [field, mask(field, version.get(field))]),
    );
  return { ...(before && { before: pick(was) }), ...(after && { after: pick(is) }) };
}

/** A secret is masked wherever it stands: the log is read by more people than may know it. */
function mask(field: string, value: unknown): Prisma.InputJsonValue | null {
  if (value === null || value === undefined) return null;
  if (SECRET.test(field) && typeof value !== "boolean") return MASK;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item) => mask("", item));
  if (typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mask(name, part)]));
  }
  return value;
}
