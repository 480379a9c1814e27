import { statement } from "@parley/db";
import type { Finder } from "../listed/index.ts";
import { findByKey, type Keyed, type Source } from "./find-references.ts";
import type { MemberRefJson, SenderRefJson, TeamRefJson } from "./schemas.ts";

const MEMBERS: Source<MemberRefJson, MemberRefJson> = {
  needs: ["members.read"],
  // membership_pkey, app_user_pkey
  find: statement<Keyed<MemberRefJson>>(
    "member_refs_find",
    `select u.id as key, u.id, u.full_name as "fullName"
       from unnest($2::uuid[]) k (id)
       join membership m on m.tenant_id = $1 and m.user_id = k.id
       join app_user u on u.id = k.id`,
  ),
  toRef: ({ id, fullName }) => ({ id, fullName }),
};

const SENDERS: Source<SenderRefJson, SenderRefJson> = {
  needs: ["members.read", "contacts.read"],
  // membership_pkey, app_user_pkey, contact_pkey. An id is of one or the other.
  find: statement<Keyed<SenderRefJson>>(
    "sender_refs_find",
    `select u.id as key, u.id, u.full_name as name
       from unnest($2::uuid[]) k (id)
       join membership m on m.tenant_id = $1 and m.user_id = k.id
       join app_user u on u.id = k.id
      union all
     select c.id, c.id, c.name
       from unnest($2::uuid[]) k (id) join contact c on c.tenant_id = $1 and c.id = k.id`,
  ),
  toRef: ({ id, name }) => ({ id, name }),
};

const TEAMS: Source<TeamRefJson, TeamRefJson> = {
  needs: ["teams.read"],
  // team_pkey
  find: statement<Keyed<TeamRefJson>>(
    "team_refs_find",
    `select t.id as key, t.id, t.name
       from unnest($2::uuid[]) k (id) join team t on t.tenant_id = $1 and t.id = k.id`,
  ),
  toRef: ({ id, name }) => ({ id, name }),
};

/** The member whose id an item has, if it has one; null for those who have left, too. */
export function memberOf<Item>(idOf: (item: Item) => string | null): Finder<Item, MemberRefJson | null> {
  return findByKey(MEMBERS, idOf);
}

/** The member or contact whose id an item has, if it has one; null for members who have left, too. */
export function senderOf<Item>(idOf: (item: Item) => string | null): Finder<Item, SenderRefJson | null> {
  return findByKey(SENDERS, idOf);
}

export function teamOf<Item>(idOf: (item: Item) => string | null): Finder<Item, TeamRefJson | null> {
  return findByKey(TEAMS, idOf);
}
