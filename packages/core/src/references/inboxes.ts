import { statement, type Channel } from "@parley/db";
import { toJsonEnum } from "../json/index.ts";
import type { Finder } from "../listed/index.ts";
import { findByKey, type Keyed, type Source } from "./find-references.ts";
import type { InboxRefJson } from "./schemas.ts";

interface InboxRefRow {
  id: string;
  name: string;
  channel: Channel;
}

// inbox_pkey
const FIND = statement<Keyed<InboxRefRow>>(
  "inbox_refs_find",
  `select i.id as key, i.id, i.name, i.channel
     from unnest($2::uuid[]) k (id) join inbox i on i.tenant_id = $1 and i.id = k.id`,
);

const INBOXES: Source<InboxRefRow, InboxRefJson> = {
  needs: ["inboxes.read"],
  find: FIND,
  toRef: ({ id, name, channel }) => ({ id, name, channel: toJsonEnum(channel) }),
};

export function inboxOf<Item>(idOf: (item: Item) => string): Finder<Item, InboxRefJson | null> {
  return findByKey(INBOXES, idOf);
}
