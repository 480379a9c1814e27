import type { Prisma } from "@parley/db";
import { newId } from "@parley/runtime";
import type { BuilderContext } from "./builder-context.ts";

export type BuiltSession = Prisma.SessionGetPayload<object>;

/** Somebody is signed in, without refresh tokens. */
export function buildSession(
  ctx: BuilderContext,
  session: Partial<Prisma.SessionUncheckedCreateInput> & { userId: string; tenantId: string | null },
): Promise<BuiltSession> {
  return ctx.database.withSystem((tx) => tx.session.create({ data: { id: newId(), ...session } }));
}
