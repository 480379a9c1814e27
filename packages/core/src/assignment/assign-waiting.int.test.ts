import { newId } from "@parley/runtime";
import { buildInbox } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { openOfficeForEachTest, type Office } from "./assignment.fixture.ts";

let office: Office;
openOfficeForEachTest((opened) => (office = opened));

const conversationsOf = (tickets: readonly { conversationId: string }[]) =>
  office.ctx.database.withTenant(office.tenantId, (tx) =>
    Promise.all(tickets.map(({ conversationId: id }) => tx.conversation.findFirstOrThrow({ where: { id } }))),
  );

describe("what waits", () => {
  test("is given in turn, and the conversation shows it", async () => {
    const people = [await office.hire(), await office.hire(), await office.hire()];
    await office.policy();
    const tickets = await office.arrive(6);
    await office.assign();
    const given = await office.now(tickets);
    expect(given.map(({ assigneeId }) => assigneeId)).toEqual([...people, ...people]);
    expect(given.map(({ version }) => version)).toEqual(tickets.map(() => 2));
    expect(given[0]?.updatedAt).toEqual(office.ctx.clock.now());
    expect(await conversationsOf(given)).toMatchObject(
      given.map(({ assigneeId }) => ({ assigneeId, teamId: null, status: "OPEN", version: 2 })),
    );
  });

  test("is told of in the log, once for each ticket", async () => {
    const userId = await office.hire();
    const teamId = await office.team();
    await office.policy({ inboxId: null, teamId });
    await office.ctx.database.withSystem((tx) =>
      tx.teamMembership.create({ data: { tenantId: office.tenantId, teamId, userId } }),
    );
    const [ticket] = await office.arrive(1, { teamId });
    await office.assign();
    await office.assign();
    expect(await office.events("ASSIGNMENT_CHANGED")).toMatchObject([
      {
        ticketId: ticket?.id,
        conversationId: ticket?.conversationId,
        contactId: ticket?.contactId,
        actorType: "SYSTEM",
        actorId: null,
        data: { from: { userId: null, teamId }, to: { userId, teamId }, because: "assigned_by_policy" },
      },
    ]);
  });

  test("goes on with the turns of the last time", async () => {
    const [first, second, third] = [await office.hire(), await office.hire(), await office.hire()];
    await office.policy();
    const tickets = await office.arrive(2);
    await office.assign();
    tickets.push(...(await office.arrive(2)));
    await office.assign();
    expect(await office.holders(tickets)).toEqual([first, second, third, first]);
  });

  test("is what is urgent first, then what is oldest", async () => {
    await office.hire({ capacity: 2 });
    await office.policy();
    const [old, urgent, other] = [
      ...(await office.arrive(1)),
      ...(await office.arrive(1, { priority: "URGENT", createdAt: new Date(Date.now() + 1_000) })),
      ...(await office.arrive(1, { createdAt: new Date(Date.now() + 2_000) })),
    ];
    await office.assign();
    const isGiven = (await office.holders([old, urgent, other].flatMap((each) => each ?? []))).map((id) => id !== null);
    expect(isGiven).toEqual([true, true, false]);
  });

  test("is whatever nobody has, has not put aside, and has not finished", async () => {
    const [userId, other] = [await office.hire(), await office.hire({ availability: "OFFLINE" })];
    await office.policy();
    const given = [...(await office.arrive(1)), ...(await office.arrive(1, { status: "ESCALATED" }))];
    const left = [
      ...(await office.arrive(1, { snoozedAt: new Date() })),
      ...(await office.arrive(1, { status: "PENDING" })),
      ...(await office.arrive(1, { status: "WAITING_CUSTOMER" })),
      ...(await office.arrive(1, { status: "RESOLVED" })),
      ...(await office.arrive(1, { status: "CLOSED" })),
      ...(await office.arrive(1, { assigneeId: other })),
    ];
    await office.assign();
    expect(await office.holders(given)).toEqual([userId, userId]);
    expect(await office.now(left)).toEqual(left);
  });

  test("stays with nobody in a company without a policy, and where people take tickets themselves", async () => {
    await office.hire();
    const tickets = await office.arrive(2);
    await office.assign();
    expect(await office.holders(tickets)).toEqual([null, null]);
    await office.policy({ method: "MANUAL" });
    await office.assign();
    expect(await office.holders(tickets)).toEqual([null, null]);
  });

  test("leaves a conversation alone that goes on with another ticket", async () => {
    const userId = await office.hire();
    await office.policy();
    const [main] = await office.arrive(1, { status: "PENDING" });
    if (!main) throw new Error("it arrived");
    const { conversationId, contactId } = main;
    const [before] = await conversationsOf([main]);
    const split = await office.ctx.database.withSystem((tx) =>
      tx.ticket.create({
        data: {
          tenantId: office.tenantId,
          id: newId(),
          number: 1_000_000,
          conversationId,
          contactId,
          inboxId: office.inbox.id,
          channel: "WHATSAPP",
          splitFromId: main.id,
        },
      }),
    );
    await office.assign();
    expect(await office.holders([split])).toEqual([userId]);
    expect(await conversationsOf([main])).toEqual([before]);
  });

  test("is not hidden by what is older and cannot be given", async () => {
    const userId = await office.hire({ skills: ["returns"], capacity: 1_000 });
    await office.hire({ skills: ["french"], availability: "OFFLINE" });
    await office.policy({ bySkills: true });
    const stuck = await office.arrive(450, { tags: ["french"], priority: "URGENT" });
    const possible = await office.arrive(3, { tags: ["returns"] });
    await office.assign();
    expect(await office.holders(possible)).toEqual([userId, userId, userId]);
    expect(new Set(await office.holders(stuck))).toEqual(new Set([null]));
  });

  test("is given batch after batch until nobody has room", async () => {
    const people = [await office.hire({ capacity: 300 }), await office.hire({ capacity: 250 })];
    await office.policy({ method: "LEAST_LOADED" });
    const tickets = await office.arrive(600);
    await office.assign();
    const holders = await office.holders(tickets);
    expect(people.map((userId) => holders.filter((holder) => holder === userId).length)).toEqual([300, 250]);
    expect(holders.slice(550)).toEqual(Array.from({ length: 50 }, () => null));
    expect(await office.events("ASSIGNMENT_CHANGED")).toHaveLength(550);
  });
});

describe("an inbox's policy", () => {
  test("with a team gives to its members, and the tickets become the team's", async () => {
    const teamId = await office.team();
    const userId = await office.hire({ teamId });
    await office.hire();
    await office.policy({ teamId });
    const tickets = await office.arrive(2);
    await office.assign();
    const given = await office.now(tickets);
    expect(given).toMatchObject(tickets.map(() => ({ assigneeId: userId, teamId })));
    expect(await conversationsOf(given)).toMatchObject(tickets.map(() => ({ assigneeId: userId, teamId })));
    expect((await office.events("ASSIGNMENT_CHANGED"))[0]?.data).toMatchObject({
      from: { userId: null, teamId: null },
      to: { userId, teamId },
    });
  });

  test("comes before that of its team, even if it is manual", async () => {
    const teamId = await office.team();
    await office.hire({ teamId });
    await office.policy({ teamId, method: "MANUAL" });
    await office.policy({ teamId, inboxId: null });
    const tickets = await office.arrive(1, { teamId });
    await office.assign();
    expect(await office.holders(tickets)).toEqual([null]);
  });

  test("does not take back what was handed to another team: that goes by the team's own", async () => {
    const [ours, theirs] = [await office.team(), await office.team()];
    await office.hire({ teamId: ours });
    const colleague = await office.hire({ teamId: theirs });
    await office.policy({ teamId: ours });
    const tickets = await office.arrive(1, { teamId: theirs });
    await office.assign();
    expect(await office.holders(tickets)).toEqual([null]);
    await office.policy({ inboxId: null, teamId: theirs });
    await office.assign();
    expect(await office.holders(tickets)).toEqual([colleague]);
  });

  test("says nothing of other inboxes", async () => {
    await office.hire();
    const { id: inboxId } = await buildInbox(office.ctx, { tenantId: office.tenantId });
    await office.policy({ inboxId });
    const [here, there] = [await office.arrive(1), await office.arrive(1, { inboxId })];
    await office.assign();
    expect(await office.holders(here)).toEqual([null]);
    expect(await office.holders(there)).not.toEqual([null]);
  });
});

describe("a person", () => {
  test.each(["OFFLINE", "AWAY"] as const)("who is %s is given nothing", async (availability) => {
    await office.hire({ availability });
    await office.policy();
    const tickets = await office.arrive(1);
    await office.assign();
    expect(await office.holders(tickets)).toEqual([null]);
  });

  test("is given no more than their capacity, with what they have already", async () => {
    const userId = await office.hire({ capacity: 3 });
    await office.policy();
    await office.arrive(1, { assigneeId: userId, status: "WAITING_CUSTOMER" });
    await office.arrive(1, { assigneeId: userId, status: "RESOLVED" });
    const tickets = await office.arrive(4);
    await office.assign();
    expect(await office.holders(tickets)).toEqual([userId, userId, null, null]);
  });

  test("is given no more than their capacity by two policies together", async () => {
    const teamId = await office.team();
    const userId = await office.hire({ capacity: 3, teamId });
    await office.policy();
    await office.policy({ inboxId: null, teamId });
    const tickets = [...(await office.arrive(2)), ...(await office.arrive(2, { teamId }))];
    await office.assign();
    const holders = await office.holders(tickets);
    expect(holders.filter((holder) => holder === userId)).toHaveLength(3);
  });
});

describe("a sticky policy", () => {
  test("gives to whoever had the contact's last ticket, if they are online", async () => {
    const [first, second] = [await office.hire(), await office.hire()];
    await office.policy({ isSticky: true });
    const [before] = await office.arrive(1, { assigneeId: second, status: "CLOSED" });
    if (!before) throw new Error("it arrived");
    const { contactId } = before;
    const again = await office.arrive(1, { contactId, createdAt: new Date(Date.now() + 1_000) });
    await office.assign();
    expect(await office.holders(again)).toEqual([second]);

    await office.ctx.database.withSystem((tx) =>
      tx.membership.updateMany({ where: { userId: second }, data: { availability: "OFFLINE" } }),
    );
    const third = await office.arrive(1, { contactId, createdAt: new Date(Date.now() + 2_000) });
    await office.assign();
    expect(await office.holders(third)).toEqual([first]);
  });
});

describe("a policy by skills", () => {
  test("gives to somebody who has every tag that is anybody's skill", async () => {
    await office.hire({ skills: ["french"] });
    const both = await office.hire({ skills: ["returns", "french"] });
    await office.policy({ bySkills: true });
    const tickets = await office.arrive(3, { tags: ["french", "vip", "returns"] });
    await office.assign();
    expect(await office.holders(tickets)).toEqual([both, both, both]);
  });

  test("lets wait what nobody can who is online", async () => {
    await office.hire();
    await office.hire({ skills: ["french"], availability: "AWAY" });
    await office.policy({ bySkills: true });
    const tickets = await office.arrive(1, { tags: ["french"] });
    await office.assign();
    expect(await office.holders(tickets)).toEqual([null]);
  });
});
