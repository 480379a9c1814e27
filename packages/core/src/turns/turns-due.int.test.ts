import { startWorker } from "@parley/queue";
import { buildConversation, buildTicket, waitUntil } from "@parley/testing";
import { describe, expect, test } from "vitest";
import { inbound, text } from "../ingest/webhook.fixture.ts";
import { changeTicket } from "../tickets/index.ts";
import { createTimerHandlers, timerQueue } from "../timers/index.ts";
import { onlyTimers } from "../timers/only-timers.fixture.ts";
import { findWaitingSince, noteArrivals, takeTurn } from "./index.ts";
import { SECOND_MS, withTurnDesk, type TurnDesk } from "./turn-desk.fixture.ts";

const CUSTOMER = "33600000001";

let desk: TurnDesk;

withTurnDesk((opened) => (desk = opened));

const now = (): number => desk.ctx.clock.now().getTime();
const at = (seconds: number): Date => new Date(now() + seconds * SECOND_MS);
const later = (seconds: number): void => desk.ctx.clock.advance(seconds * SECOND_MS);
const turnOf = async () => desk.read((tx) => tx.conversationTurn.findFirstOrThrow());

describe("a customer's turn", () => {
  test("is over when they have been quiet for some seconds, and tells of what they wrote", async () => {
    const wrote = now();
    const id = await desk.write("Where is my order?");
    expect(await turnOf()).toMatchObject({ burstStartedAt: new Date(wrote) });
    expect(await desk.turnEnds()).toEqual(new Date(wrote + 4 * SECOND_MS));
    expect(await desk.turns()).toEqual([{ newest: id, all: [id] }]);
    expect(await turnOf()).toMatchObject({ burstStartedAt: null });
    const event = await desk.read((tx) => tx.event.findFirstOrThrow({ where: { type: "TURN_DUE" } }));
    expect(event).toMatchObject({
      actorType: "SYSTEM",
      conversationId: await desk.conversationId(),
      ticketId: await desk.ticketId(),
    });
    expect(event.contactId).not.toBeNull();
  });

  test("is one, however many messages they make of it", async () => {
    for (const body of ["Hello", "I have", "a question", "about my order", "12-345"]) {
      await desk.write(body);
      later(3);
    }
    const last = now() - 3 * SECOND_MS;
    expect(await desk.turnEnds()).toEqual(new Date(last + 4 * SECOND_MS));
    const all = await desk.inbound();
    expect(all).toHaveLength(5);
    expect(await desk.turns()).toEqual([{ newest: all[4], all }]);
  });

  test("is over nevertheless when they do not stop", async () => {
    const began = now();
    for (let second = 0; second < 30; second += 3) {
      await desk.write(`${second} seconds`);
      later(3);
    }
    expect(await desk.turnEnds()).toEqual(new Date(began + 30 * SECOND_MS));
    expect(await desk.turns()).toMatchObject([{ all: await desk.inbound() }]);
  });

  test("is over at once when the worker was away for longer than it may last", async () => {
    await desk.arrive("Hello");
    const arrivedAt = desk.ctx.clock.now();
    later(60);
    const arrivals = [{ tenantId: desk.tenantId, conversationId: await desk.conversationId(), arrivedAt }];
    await desk.ctx.database.system.transaction((sql) => noteArrivals(desk.ctx, sql, arrivals, () => desk.settings));
    const before = now();
    await desk.turnEnds();
    expect([now(), await desk.turns()]).toMatchObject([before, [{}]]);
  });

  test("after an answer is of what came since, also in the same second", async () => {
    const first = await desk.turn("Where is my order?");
    await desk.answer();
    const second = await desk.turn("And my other order?");
    expect(await desk.turns()).toEqual([
      { newest: first, all: [first] },
      { newest: second, all: [second] },
    ]);
  });

  test("after no answer is of all that they still wait with", async () => {
    const first = await desk.turn("Where is my order?");
    const second = await desk.turn("Hello?");
    expect(await desk.turns()).toMatchObject([{ all: [first] }, { newest: second, all: [first, second] }]);
  });

  test("names the newest twenty of more", async () => {
    await desk.deliver(...Array.from({ length: 23 }, (_empty, index) => text(CUSTOMER, { body: `${index}` })));
    await desk.note();
    await desk.turnEnds();
    const all = await desk.inbound();
    expect(await desk.turns()).toEqual([{ newest: all[22], all: all.slice(3) }]);
  });

  test("takes a message that arrived late, in the place where it was written", async () => {
    const written = desk.ctx.clock.now();
    later(10);
    await desk.write("And 67-890");
    await desk.arrive("My orders are 12-345", { at: written });
    await desk.note();
    await desk.turnEnds();
    const [second, first] = await desk.inbound();
    expect(await desk.turns()).toEqual([{ newest: first, all: [first, second] }]);
  });

  test("of a late message is not of the one that was answered meanwhile", async () => {
    const written = desk.ctx.clock.now();
    later(10);
    await desk.turn("And 67-890");
    await desk.answer();
    await desk.arrive("My orders are 12-345", { at: written });
    await desk.note();
    await desk.turnEnds();
    const [, late] = await desk.inbound();
    expect((await desk.turns()).at(-1)).toEqual({ newest: late, all: [late] });
  });

  test("is one when the worker hears of a message twice", async () => {
    await desk.turn();
    await desk.note();
    expect(await desk.turnEnds()).toBeDefined();
    expect(await desk.turns()).toHaveLength(1);
  });

  test("is none when somebody has answered in the meantime", async () => {
    await desk.write("Where is my order?");
    await desk.answer();
    await desk.turnEnds();
    expect(await desk.turns()).toEqual([]);
  });

  test("is none when the ticket has ended in the meantime", async () => {
    await desk.write("Where is my order?");
    await changeTicket(desk.agent, { id: await desk.ticketId(), status: "RESOLVED" });
    await desk.turnEnds();
    expect(await desk.turns()).toEqual([]);
  });

  test("is not made of a reaction", async () => {
    const first = await desk.turn();
    await desk.deliver(inbound(CUSTOMER, "reaction", { reaction: { message_id: "wamid.1", emoji: "👍" } }));
    await desk.note();
    await desk.turnEnds();
    expect(await desk.turns()).toMatchObject([{ newest: first }]);
    expect(await desk.obstacle(first)).toBeNull();
  });

  test("is also taken in a muted conversation, which counts nothing as unread", async () => {
    await desk.turn();
    await desk.answer();
    await desk.read((tx) => tx.conversation.updateMany({ data: { isMuted: true, unreadCount: 0 } }));
    later(1);
    const id = await desk.turn("And my other order?");
    expect((await desk.turns()).at(-1)).toEqual({ newest: id, all: [id] });
    expect(await desk.obstacle(id)).toBe("person_took_over");
  });

  test("is left to whoever has the ticket that was split off, when it quotes that", async () => {
    await desk.turn();
    const conversation = await desk.read((tx) => tx.conversation.findFirstOrThrow());
    const main = await desk.ticketId();
    const beside = await buildTicket(desk.ctx, conversation, { splitFromId: main });
    const [quoted] = await desk.inbound();
    const { externalId } = await desk.read((tx) => tx.message.findFirstOrThrow({ where: { id: quoted ?? "" } }));
    await desk.read((tx) => tx.message.updateMany({ data: { ticketId: beside.id } }));
    await desk.arrive("And this one?", { quoting: externalId ?? "" });
    await desk.note();
    await desk.turnEnds();
    expect(await desk.turns()).toHaveLength(1);
  });
});

describe("what the customer has taken back", () => {
  test("is no part of their turn, and what was answered before does not take its place", async () => {
    await desk.turn("Hello");
    await desk.answer();
    const first = await desk.write("Where is my order?");
    const second = await desk.write("Never mind");
    await desk.takeBack(second);
    await desk.turnEnds();
    expect((await desk.turns()).at(-1)).toEqual({ newest: first, all: [first] });
  });

  test("is no turn where it is all of it, in a muted conversation as well", async () => {
    await desk.takeBack(await desk.write("Never mind"));
    await desk.turnEnds();
    await desk.read((tx) => tx.conversation.updateMany({ data: { isMuted: true, unreadCount: 0 } }));
    await desk.takeBack(await desk.write("Never mind this one"));
    await desk.turnEnds();
    expect(await desk.turns()).toEqual([]);
  });

  test("while an answer is composed is not answered, and overtakes nothing", async () => {
    const first = await desk.turn();
    const second = await desk.write("Never mind");
    await desk.takeBack(second);
    expect(await desk.obstacle(first)).toBeNull();
    await desk.takeBack(first);
    expect(await desk.obstacle(first)).toBe("superseded");
  });
});

const waitingSince = () => desk.locked((tx, { conversation }) => findWaitingSince(tx, conversation));

describe("a customer waits", () => {
  test("since the oldest message that nobody has answered, however many there are", async () => {
    await desk.turn("Hello");
    await desk.answer();
    expect(await waitingSince()).toBeNull();
    later(60);
    const since = at(0);
    for (let count = 0; count < 25; count += 1) {
      await desk.arrive(`${count}`);
      later(1);
    }
    expect(await waitingSince()).toEqual(since);
  });

  test("in a muted conversation as well, which counts nothing", async () => {
    await desk.turn("Hello");
    await desk.answer();
    await desk.read((tx) => tx.conversation.updateMany({ data: { isMuted: true, unreadCount: 0 } }));
    expect(await waitingSince()).toBeNull();
    later(60);
    const since = at(0);
    await desk.arrive("Where is my order?");
    later(60);
    await desk.arrive("Hello?");
    expect(await waitingSince()).toEqual(since);
  });

  test("not with a reaction, nor with what they have taken back", async () => {
    await desk.turn("Hello");
    await desk.answer();
    later(60);
    await desk.deliver(inbound(CUSTOMER, "reaction", { reaction: { message_id: "wamid.1", emoji: "👍" } }));
    await desk.takeBack(await desk.write("Never mind"));
    expect(await waitingSince()).toBeNull();
    later(60);
    const since = at(0);
    await desk.arrive("Where is my order?");
    expect(await waitingSince()).toEqual(since);
  });
});

describe("many conversations", () => {
  test("are noted at once, each with its own time", async () => {
    const { ctx, tenantId } = desk;
    const conversations = await Promise.all(Array.from({ length: 20 }, () => buildConversation(ctx, { tenantId })));
    const arrivals = conversations.flatMap(({ id: conversationId }, index) => [
      { tenantId, conversationId, arrivedAt: at(-index) },
      { tenantId, conversationId, arrivedAt: at(-index - 10) },
    ]);
    await ctx.database.system.transaction((sql) => noteArrivals(ctx, sql, arrivals, () => desk.settings));
    const timers = await desk.read((tx) => tx.timer.findMany({ where: { kind: "take_turn" } }));
    const dueOf = new Map(timers.map(({ subjectId, dueAt }) => [subjectId, dueAt]));
    expect(conversations.map(({ id }) => dueOf.get(id))).toEqual(
      conversations.map((_conversation, index) => at(Math.min(4, 30 - index - 10))),
    );
  });

  test("none of them cost nothing", async () => {
    await desk.ctx.database.system.transaction((sql) => noteArrivals(desk.ctx, sql, [], () => desk.settings));
    expect(await desk.read((tx) => tx.conversationTurn.count())).toBe(0);
  });
});

describe("with several workers", () => {
  test("a message that is noted while the turn is being taken begins the next one", async () => {
    const first = await desk.write("Where is my order?");
    let noted: Promise<void> | undefined;
    const meanwhile = createTimerHandlers(
      desk.ctx,
      onlyTimers({
        async take_turn(ctx, tx, subject) {
          await takeTurn(ctx, tx, subject);
          // It is stored when this has ended, because this holds the conversation, and noted after that.
          noted = desk.arrive("And my other order?").then(() => desk.note());
        },
      }),
    );
    later(4);
    const subjectId = await desk.conversationId();
    await meanwhile.fire_timer({ tenantId: desk.tenantId, kind: "take_turn", subjectId, dueAt: 0 });
    await noted;
    await desk.turnEnds();
    const all = await desk.inbound();
    expect(await desk.turns()).toEqual([
      { newest: first, all: [first] },
      { newest: all[1], all },
    ]);
  });

  test("noting that comes while the turn is being taken puts it off instead", async () => {
    await desk.write("Where is my order?");
    const meanwhile = createTimerHandlers(
      desk.ctx,
      onlyTimers({
        async take_turn(ctx, tx, subject) {
          await desk.note();
          await takeTurn(ctx, tx, subject);
        },
      }),
    );
    later(4);
    const subjectId = await desk.conversationId();
    await meanwhile.fire_timer({ tenantId: desk.tenantId, kind: "take_turn", subjectId, dueAt: 0 });
    expect(await desk.turns()).toEqual([]);
    await desk.turnEnds();
    expect(await desk.turns()).toHaveLength(1);
  });

  test("each of many turns is taken once", async () => {
    const { ctx, tenantId } = desk;
    const customers = Array.from({ length: 12 }, (_empty, index) => `3360000010${String(index).padStart(2, "0")}`);
    await desk.deliver(...customers.map((from) => text(from, { body: "Where is my order?" })));
    const conversations = await desk.read((tx) => tx.conversation.findMany());
    const arrivals = conversations.map(({ id }) => ({ tenantId, conversationId: id, arrivedAt: ctx.clock.now() }));
    const note = () => ctx.database.system.transaction((sql) => noteArrivals(ctx, sql, arrivals, () => desk.settings));
    await Promise.all([note(), note(), note()]);
    later(5);
    const handlers = createTimerHandlers(ctx, onlyTimers({ take_turn: takeTurn }));
    const options = { redis: ctx.redis, queue: timerQueue, handlers, concurrency: 5, logger: ctx.logger };
    const workers = [startWorker(options), startWorker(options)];
    await waitUntil(async () => (await desk.turns()).length === 12, "every turn is taken");
    await waitUntil(async () => (await desk.read((tx) => tx.timer.count())) === 0, "no timer is left");
    await Promise.all(workers.map((worker) => worker.close()));
    expect(new Set((await desk.turns()).map(({ newest }) => newest))).toEqual(new Set(await desk.inbound()));
    expect(await desk.turns()).toHaveLength(12);
  });
});
