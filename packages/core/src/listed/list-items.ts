import type { z } from "zod";
import type { RequestContext } from "../context/index.ts";
import type { Page } from "../paging/index.ts";
import { pickFields, type Listed } from "./fields.ts";
import { assertIncludable, findIncluded, type Finders, type Included } from "./includes.ts";

/** A page as a list answers it: what `fields` leaves of each item, and what `include` adds. */
export async function listItems<Item extends { id: string }, Shape extends z.ZodRawShape>(
  ctx: Pick<RequestContext, "actor" | "database">,
  tenantId: string,
  { data: items, page }: Page<Item>,
  { fields, include = [] }: { fields?: readonly string[] | undefined; include?: readonly (keyof Shape)[] | undefined },
  finders: Finders<Item, Shape>,
): Promise<Page<Listed<Item> & Included<Shape>>> {
  assertIncludable(ctx.actor, include, finders);
  const sql = ctx.database.tenantSql(tenantId);
  const included =
    include.length === 0
      ? (): Included<Shape> => ({})
      : await sql.transaction((tx) => findIncluded(tx, { tenantId, items, include }, finders));
  return { data: items.map((item) => ({ ...pickFields(item, fields), ...included(item) })), page };
}
