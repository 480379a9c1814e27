import type { BenchDatabase } from "../../setting/bench-database.ts";
import { withSystem } from "../../world/seed-world.ts";
import type { Asker } from "./world.ts";

/** Whoever has something to do gets that again, so before they ask for more they have nothing to do. */
const FINISH_OWN = `
  update ticket set status = 'PENDING'
   where tenant_id = any($1) and assignee_id = any($2) and status in ('OPEN', 'ESCALATED')`;

/** Of each team as many of its members as it has waiting tickets: each of them finds something, whoever comes first. */
const FIND_SEEKERS = `
  select s.tenant_id as "tenantId", s.user_id as "userId"
    from (select m.tenant_id, m.team_id, m.user_id,
                 row_number() over (partition by m.tenant_id, m.team_id order by m.user_id) as position
            from team_membership m where m.tenant_id = any($1) and m.user_id = any($2)) s
    join (select tenant_id, team_id, count(*) as waiting from ticket
           where assignee_id is null and snoozed_at is null and status in ('OPEN', 'ESCALATED')
           group by tenant_id, team_id) w using (tenant_id, team_id)
   where s.position <= w.waiting
   order by s.position, s.user_id`;

const RELEASE = `
  with released as (
    update ticket set assignee_id = null
     where tenant_id = any($1) and assignee_id = any($2) and status in ('OPEN', 'ESCALATED')
    returning tenant_id, conversation_id
  ), conversations as (
    update conversation c set assignee_id = null
      from released r where c.tenant_id = r.tenant_id and c.id = r.conversation_id
  )
  select count(*)::int as count from released`;

/** Those of the askers who ask for a next ticket at once, and each get one that nobody has. */
export function findSeekers(database: BenchDatabase, askers: readonly Asker[]): Promise<Asker[]> {
  return withSystem(database, async (client) => {
    await client.query(FINISH_OWN, columnsOf(askers));
    const { rows } = await client.query<Pick<Asker, "tenantId" | "userId">>(FIND_SEEKERS, columnsOf(askers));
    return rows.flatMap(({ tenantId, userId }) =>
      askers.filter((asker) => asker.tenantId === tenantId && asker.userId === userId),
    );
  });
}

/** What they got is nobody's again. Throws when somebody got nothing, or more. */
export async function releaseTaken(database: BenchDatabase, seekers: readonly Asker[]): Promise<void> {
  const { rows } = await withSystem(database, (client) => client.query<{ count: number }>(RELEASE, columnsOf(seekers)));
  const taken = rows[0]?.count ?? 0;
  if (taken !== seekers.length) throw new Error(`${seekers.length} asked for a ticket and ${taken} were given away`);
}

function columnsOf(askers: readonly Asker[]): [string[], string[]] {
  return [askers.map(({ tenantId }) => tenantId), askers.map(({ userId }) => userId)];
}
