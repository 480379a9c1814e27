import type { Sql, TenantSql } from "@parley/db";
import { actingAs, createTestContext, type TestContext } from "@parley/queue/testing";
import { newId } from "@parley/runtime";
import { buildConversation, buildTenant, type BuiltConversation } from "@parley/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RequestContext } from "../context/index.ts";
import { contactOf, contactRefJson, inboxOf, inboxRefJson, memberOf, memberRefJson } from "../references/index.ts";
import type { Finders } from "./includes.ts";
import { listItems } from "./list-items.ts";

let ctx: TestContext;
let conversations: BuiltConversation[];
let tenantId: string;

const COUNT = 30;

beforeAll(async () => {
  ctx = await createTestContext();
  ({ id: tenantId } = await buildTenant(ctx));
  conversations = await Promise.all(Array.from({ length: COUNT }, () => buildConversation(ctx, { tenantId })));
});
afterAll(() => ctx.close());

const includes = {
  contact: contactRefJson.nullable(),
  inbox: inboxRefJson.nullable(),
  assignee: memberRefJson.nullable(),
};
const FINDERS: Finders<BuiltConversation, typeof includes> = {
  contact: contactOf(({ contactId }) => contactId),
  inbox: inboxOf(({ inboxId }) => inboxId),
  assignee: memberOf(({ assigneeId }) => assigneeId),
};

function noting(sql: Sql, asked: string[]): Sql {
  return {
    ...sql,
    rows(query, values) {
      asked.push(query.name);
      return sql.rows(query, values);
    },
  };
}

/** Somebody whose statements are written down, by their names. */
function watched(asked: string[]): Pick<RequestContext, "actor" | "database"> {
  const { actor, database } = actingAs(ctx, { userId: newId(), tenantId });
  const tenantSql = (id: string): TenantSql => {
    const sql = database.tenantSql(id);
    return { ...noting(sql, asked), transaction: (work) => sql.transaction((tx) => work(noting(tx, asked))) };
  };
  return { actor, database: { ...database, tenantSql } };
}

const page = () => ({ data: conversations, page: { nextCursor: null } });

test("of however many items, one statement finds each thing that is included", async () => {
  const asked: string[] = [];
  const { data } = await listItems(
    watched(asked),
    tenantId,
    page(),
    { include: ["contact", "inbox", "contact"] },
    FINDERS,
  );
  expect(data.map(({ contact, inbox }) => [contact?.id, inbox?.id])).toEqual(
    conversations.map(({ contactId, inboxId }) => [contactId, inboxId]),
  );
  expect(asked).toEqual(["contact_refs_find", "inbox_refs_find"]);
});

test("nothing is asked for where there is nothing to find", async () => {
  const asked: string[] = [];
  const { data } = await listItems(watched(asked), tenantId, page(), { fields: [], include: ["assignee"] }, FINDERS);
  expect(data).toEqual(conversations.map(({ id }) => ({ id, assignee: null })));
  await listItems(watched(asked), tenantId, page(), {}, FINDERS);
  expect(asked).toEqual([]);
});
