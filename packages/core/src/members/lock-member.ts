import type { Prisma, Tx } from "@parley/db";
import { DomainError } from "@parley/runtime";
import { noSuchMember } from "./member-json.ts";

export type LockedMember = Prisma.MembershipGetPayload<object>;

/**
 * The membership, locked until the transaction ends together with that of whoever asks, because they must still be who
 * they were, and those of the tenant's owners, because whether somebody may stop being an owner depends on the others. In
 * the order of ids, so that two who change each other wait and do not deadlock.
 */
export async function lockMember(tx: Tx, tenantId: string, userId: string, askedBy: string): Promise<LockedMember> {
  await tx.$queryRaw`
    select user_id from membership
     where tenant_id = ${tenantId}::uuid and (user_id in (${userId}::uuid, ${askedBy}::uuid) or role = 'OWNER')
     order by user_id
       for no key update`;
  const member = await tx.membership.findUnique({ where: { tenantId_userId: { tenantId, userId } } });
  if (!member) throw noSuchMember();
  return member;
}

/**
 * Refuses to let a locked member stop being an owner when nobody else is one. The others are locked as they are
 * counted: one who became an owner only after `lockMember` looked is not to be lost in the same moment either.
 */
export async function assertNotLastOwner(tx: Tx, { tenantId, userId, role }: LockedMember): Promise<void> {
  if (role !== "OWNER") return;
  const others = await tx.$queryRaw<unknown[]>`
    select user_id from membership
     where tenant_id = ${tenantId}::uuid and user_id <> ${userId}::uuid and role = 'OWNER'
     order by user_id
       for no key update`;
  if (others.length > 0) return;
  throw new DomainError("conflict", "This is the company's last owner; make somebody else an owner first.");
}

/**
 * Raises the lock of a member who is about to go until nothing can be assigned to them any more: assigning locks the
 * membership it refers to against this. What was assigned meanwhile is waited for.
 */
export async function holdOffAssigning(tx: Tx, { tenantId, userId }: LockedMember): Promise<void> {
  await tx.$executeRaw`
    select from membership where tenant_id = ${tenantId}::uuid and user_id = ${userId}::uuid for update`;
}
