import { waitUntil } from "@parley/testing";
import type { TestApi } from "../api.fixture.ts";
import { readAudit } from "./audit.fixture.ts";
import type { Answer, Client, Desk } from "./desk.fixture.ts";

/** A team of those users; its id. */
export async function formTeam(admin: Client, name: string, ...userIds: string[]): Promise<string> {
  const { body } = await admin.post("/teams", { name });
  for (const userId of userIds) await admin.post(`/teams/${body.data.id}/members`, { userId });
  return body.data.id;
}

/** What the log of the desk's company says about its members. */
export const memberAudit = (api: TestApi, { tenant }: Desk) =>
  readAudit(api, { tenantId: tenant.id, subjectType: "member" });

export const countOwners = ({ context }: TestApi, { tenant }: Desk): Promise<number> =>
  context.database.withSystem((tx) => tx.membership.count({ where: { tenantId: tenant.id, role: "OWNER" } }));

/** How many connections to the database of `api` wait for a lock. */
export async function countWaiting({ context }: TestApi): Promise<number> {
  const [row] = await context.database.withSystem(
    (tx) => tx.$queryRaw<{ count: number }[]>`
      select count(distinct pid)::int as count
        from pg_locks join pg_stat_activity using (pid)
       where not granted and datname = current_database()`,
  );
  return row?.count ?? 0;
}

/** The answers of requests that all arrive while the tenant's memberships are locked, and go on when they are not. */
export async function atTheSameMoment(
  api: TestApi,
  { tenant }: Desk,
  requests: readonly (() => Promise<Answer>)[],
): Promise<Answer[]> {
  const { answers } = await api.context.database.withSystem(async (tx) => {
    await tx.$executeRaw`select from membership where tenant_id = ${tenant.id}::uuid for no key update`;
    const sent = Promise.all(requests.map((request) => request()));
    await waitUntil(async () => (await countWaiting(api)) === requests.length, "every request waits for the lock");
    // In an object, because the answers come only after this transaction.
    return { answers: sent };
  });
  return answers;
}
