import type { TestContext } from "@parley/queue/testing";
import { type BuiltInbox } from "@parley/testing";
import { beforeEach, expect, test } from "vitest";
import { withFreshInbox } from "./fresh-inbox.fixture.ts";
import { change, deliver, payload, seconds, text, wamid, type Value } from "./webhook.fixture.ts";

let ctx: TestContext;
let inbox: BuiltInbox;
let number: string;

withFreshInbox((fresh) => ({ ctx, inbox, number } = fresh));

const [OLD, NEW, NEWEST, OTHERS] = ["33600000001", "33600000002", "33600000003", "33600000009"];

/** The contact of `from` now has the number `to`. */
function moves(from: string, to: string, minute: number): Value {
  const at = new Date(Date.UTC(2026, 0, 1, 10, minute));
  return {
    from,
    id: wamid(),
    timestamp: seconds(at),
    type: "system",
    system: { body: "changed", type: "user_changed_number", wa_id: to },
  };
}

const at = (minute: number) => ({ at: new Date(Date.UTC(2026, 0, 1, 10, minute)) });
const say = (...messages: Value[]) => deliver(ctx, payload(change(number, { messages })));

/** The numbers of the contact of `OLD`, and which of them is written to. */
async function numbers(): Promise<{ all: string[]; primary: string[] }> {
  const rows = await ctx.database.withTenant(inbox.tenantId, async (tx) => {
    const own = await tx.contactIdentifier.findFirstOrThrow({ where: { value: `+${OLD}` } });
    return tx.contactIdentifier.findMany({ where: { contactId: own.contactId }, orderBy: { value: "asc" } });
  });
  const valuesOf = (list: typeof rows) => list.map(({ value }) => value.slice(1));
  return { all: valuesOf(rows), primary: valuesOf(rows.filter(({ isPrimary }) => isPrimary)) };
}

beforeEach(() => say(text(OLD)));

test("a contact who changes number keeps the old one and is written to under the new one", async () => {
  await say(moves(OLD, NEW, 1));
  expect(await numbers()).toEqual({ all: [OLD, NEW], primary: [NEW] });
});

test("the newest of several changes counts, in whatever order and however often they come", async () => {
  const [first, second] = [moves(OLD, NEW, 1), moves(NEW, NEWEST, 2)];
  await say(first);
  await say(second);
  await say(first);
  expect((await numbers()).primary).toEqual([NEWEST]);
});

test("a change that comes late does not undo a later one", async () => {
  await say(moves(OLD, NEWEST, 2));
  await say(moves(OLD, NEW, 1));
  expect((await numbers()).primary).toEqual([NEWEST]);
});

test("a change to a number that another contact has leaves everybody reachable", async () => {
  await say(text(OTHERS));
  await say(moves(OLD, OTHERS, 1));
  expect(await numbers()).toEqual({ all: [OLD], primary: [OLD] });
});

test("who has two numbers is written to under the one from which they wrote last", async () => {
  await say(moves(OLD, NEW, 1));
  await say(text(OLD, at(3)));
  expect((await numbers()).primary).toEqual([OLD]);
  await say(text(NEW, at(2)));
  expect((await numbers()).primary).toEqual([OLD]);
  await say(text(NEW, at(4)), text(OLD, at(3)));
  expect(await numbers()).toEqual({ all: [OLD, NEW], primary: [NEW] });
});
