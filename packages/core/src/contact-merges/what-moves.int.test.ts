import { statement } from "@parley/db";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

const GOES_OVER = "goes over, and back";
const FOLLOWS_TICKET = "follows its ticket";

/** Every column that names a contact or a conversation, and what becomes of it when two contacts are merged. */
const WHAT_BECOMES: Record<string, string> = {
  "ai_model_call.conversation_id": "what was asked stays as it was",
  "ai_response_draft.conversation_id": GOES_OVER,
  "ai_rule_execution.conversation_id": "what was done stays as it was",
  "ai_skipped_rules.conversation_id": "what was asked stays as it was",
  "contact_erasure.contact_id": "who is erased is merged with nobody",
  "contact_identifier.contact_id": GOES_OVER,
  "contact_import_key.contact_id": "of an import under way, which asks anew who has an identifier",
  "contact_merge_message.conversation_id": "says where messages go back to",
  "conversation.contact_id": GOES_OVER,
  "conversation_read.conversation_id": "goes over; both have it afterwards",
  "conversation_turn.conversation_id": "who holds one of the two holds the thread",
  "data_export.contact_id": "says of whom it was; goes with whoever they became when that one is erased",
  "draft.conversation_id": "goes over, and stays with the text that it became a part of",
  "event.contact_id": "the log stays as it is",
  "event.conversation_id": "the log stays as it is",
  "message.conversation_id": GOES_OVER,
  "satisfaction_survey.conversation_id": FOLLOWS_TICKET,
  "sla_ticket.conversation_id": FOLLOWS_TICKET,
  "ticket.contact_id": GOES_OVER,
  "ticket.conversation_id": GOES_OVER,
};

const FIND_COLUMNS = statement<{ name: string }>(
  "test_find_contact_columns",
  `select c.relname || '.' || a.attname as name
     from pg_class c
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and a.attname in ('contact_id', 'conversation_id')
    order by name`,
);

let ctx: TestContext;
beforeAll(async () => {
  ctx = await createTestContext({ queues: [] });
});
afterAll(() => ctx.close());

test("of everything that names a contact or a conversation it is said what a merge does with it", async () => {
  const columns = await ctx.database.system.rows(FIND_COLUMNS, []);
  expect(columns.map(({ name }) => name).toSorted()).toEqual(Object.keys(WHAT_BECOMES).toSorted());
});
