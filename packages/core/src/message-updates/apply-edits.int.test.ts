import type { EditPart, RevokePart } from "@parley/channels";
import { createTestContext, type TestContext } from "@parley/queue/testing";
import { buildConversation, buildMessage, buildTenant, type BuiltMessage } from "@parley/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { applyUpdates } from "./apply-updates.ts";

let ctx: TestContext;
let message: BuiltMessage;

beforeAll(async () => {
  ctx = await createTestContext();
});
afterAll(() => ctx.close());

beforeEach(async () => {
  const tenant = await buildTenant(ctx);
  const conversation = await buildConversation(ctx, { tenantId: tenant.id });
  message = await buildMessage(ctx, conversation, { content: { text: "first" } });
});

const about = (second: number) => ({
  account: "1",
  externalId: message.externalId ?? "",
  occurredAt: new Date(Date.UTC(2026, 0, 1, 10, 0, second)),
});

const edit = (text: string, second: number): EditPart => ({
  kind: "edit",
  ...about(second),
  editId: `wamid.${text}`,
  type: "text",
  content: { text },
});

const revoke = (second: number): RevokePart => ({ kind: "revoke", ...about(second) });

async function apply(...parts: (EditPart | RevokePart)[]): Promise<void> {
  const { tenantId, inboxId } = message;
  const updates = parts.map((part) => ({ tenantId, inboxId, part }));
  await ctx.database.system.transaction(async (sql) => void (await applyUpdates(ctx, sql, updates)));
}

async function content(): Promise<Record<string, unknown>> {
  const { tenantId, id } = message;
  const row = await ctx.database.withTenant(tenantId, (tx) => tx.message.findFirstOrThrow({ where: { id } }));
  return row.content as Record<string, unknown>;
}

const textsOf = ({ text, history }: Record<string, unknown>) => [
  ...(history as { text: string }[]).map((version) => version.text),
  text,
];

test("a message that was revoked stays revoked when an earlier edit comes late", async () => {
  await apply(revoke(9));
  await apply(edit("second", 5));
  expect(await content()).toMatchObject({ text: "second", revokedAt: "2026-01-01T10:00:09.000Z" });
  expect(JSON.stringify((await content())["history"])).not.toContain("revokedAt");
});

test("two edits within one second both count, the later one last", async () => {
  await apply(edit("second", 5), edit("third", 5));
  expect(textsOf(await content())).toEqual(["first", "second", "third"]);
});

test("an edit that comes again changes nothing, nor does one that is older than what is there", async () => {
  await apply(edit("second", 5));
  await apply(edit("third", 5));
  await apply(edit("second", 5), edit("older", 4));
  expect(textsOf(await content())).toEqual(["first", "second", "third"]);
});

test.each([
  ["edited", () => edit("second", 5)],
  ["revoked", () => revoke(5)],
])("what was understood of a message that is %s is forgotten", async (_what, part) => {
  const { tenantId, id: messageId } = message;
  const understood = () => ctx.database.withTenant(tenantId, (tx) => tx.messageUnderstanding.count());
  const understanding = { sentiment: "neutral", intent: "other", urgency: "normal", entities: [], source: "local" };
  await ctx.database.withSystem((tx) =>
    tx.messageUnderstanding.create({
      data: { tenantId, messageId, ...understanding, sentimentScore: 0, intentConfidence: 1, wantsHuman: false },
    }),
  );
  await apply(part());
  expect(await understood()).toBe(0);
});
