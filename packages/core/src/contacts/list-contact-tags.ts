import { statement } from "@parley/db";
import { authorize, type RequestContext } from "../context/index.ts";
import type { ContactTagJson } from "./schemas.ts";

const MOST = 500;

// contact_tagged_idx
const COUNT_TAGS = statement<ContactTagJson>(
  "contact_count_tags",
  `select t.tag, count(*)::int as contacts
     from contact c, unnest(c.tags) as t (tag)
    where c.tenant_id = $1 and c.tags <> '{}'
    group by t.tag
    order by contacts desc, t.tag
    limit ${MOST}`,
);

/** The tags that contacts have, with how many have each, the most used first; 500 of them. */
export function listContactTags(ctx: RequestContext): Promise<ContactTagJson[]> {
  const tenantId = authorize(ctx, "contacts.read");
  return ctx.database.tenantSql(tenantId).rows(COUNT_TAGS, [tenantId]);
}
