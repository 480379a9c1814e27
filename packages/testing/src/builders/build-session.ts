import type { Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import type { BuilderContext } from "./builder-context.ts";

const MONTH_MS = 30 * 24 * 3_600_000;

export type BuiltSession = Prisma.SessionGetPayload<object>;

/** Somebody is signed in for a month from now on, without refresh tokens. */
export function buildSession(
  ctx: BuilderContext,
  session: Partial<Prisma.SessionUncheckedCreateInput> & { userId: string; tenantId: string | null },
): Promise<BuiltSession> {
  const expiresAt = new Date(Date.now() + MONTH_MS);
  return ctx.database.withSystem((tx) => tx.session.create({ data: { id: newId(), expiresAt, ...session } }));
}
