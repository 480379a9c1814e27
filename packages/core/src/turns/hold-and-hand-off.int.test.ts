import type { Tx } from "@parley/db";
import { newId } from "@parley/runtime";
import { describe, expect, test } from "vitest";
import { waitForLocks } from "@parley/testing";
import { changeTicket, lockTicket, type LockedTicket } from "../tickets/index.ts";
import {
  handOff,
  holdConversation,
  holdHandOffTeam,
  releaseConversation,
  showTurn,
  type AiTurnJson,
  type Obstacle,
} from "./index.ts";
import { SECOND_MS, withTurnDesk, type TurnDesk } from "./turn-desk.fixture.ts";

let desk: TurnDesk;

withTurnDesk((opened) => (desk = opened));

const at = (): string => desk.ctx.clock.now().toISOString();
const later = (): void => desk.ctx.clock.advance(SECOND_MS);
const hold = async (ctx = desk.agent): Promise<AiTurnJson> =>
  holdConversation(ctx, { id: await desk.conversationId() });
const release = async (): Promise<AiTurnJson> => releaseConversation(desk.agent, { id: await desk.conversationId() });
const shown = async (): Promise<AiTurnJson> => showTurn(desk.agent, { id: await desk.conversationId() });
const handingOff = async <T>(work: (tx: Tx, locked: LockedTicket) => Promise<T>): Promise<T> => {
  const id = await desk.ticketId();
  return desk.ctx.database.withSystem(async (tx) => {
    await holdHandOffTeam(tx, desk.tenantId, desk.settings);
    return work(tx, await lockTicket(tx, desk.tenantId, id));
  });
};
const leave = (reason = "asked_for_a_person") =>
  handingOff((tx, locked) => handOff(desk.ctx, tx, locked, { reason, settings: desk.settings }));
const idOf = ({ actor }: TurnDesk["agent"]): string => (actor.type === "user" ? actor.userId : "");
const newTeam = async (): Promise<string> => {
  const id = newId();
  await desk.read((tx) => tx.team.create({ data: { tenantId: desk.tenantId, id, name: "Care" } }));
  return id;
};

describe("whoever looks at a conversation", () => {
  test("sees that nothing stands in the way of rules", async () => {
    await desk.turn();
    expect(await shown()).toEqual({
      conversationId: await desk.conversationId(),
      ticketId: await desk.ticketId(),
      obstacle: null,
      held: null,
      handedOff: null,
      personTookOver: false,
      turnsTaken: 0,
      mostTurns: 5,
      writingSince: null,
      releasedAt: null,
    });
  });

  test("sees that the customer writes, how often rules have answered, and that a person has", async () => {
    await desk.answerAsRule(await desk.turn());
    const since = at();
    await desk.write("And then?");
    expect(await shown()).toMatchObject({ turnsTaken: 1, obstacle: null, writingSince: since });
    await desk.answer();
    expect(await shown()).toMatchObject({ turnsTaken: 1, obstacle: "person_took_over", personTookOver: true });
  });

  test("is told that there is none, where there is none", async () => {
    await expect(showTurn(desk.agent, { id: newId() })).rejects.toMatchObject({ code: "not_found" });
    await expect(holdConversation(desk.agent, { id: newId() })).rejects.toMatchObject({ code: "not_found" });
    await expect(releaseConversation(desk.agent, { id: newId() })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("a conversation", () => {
  test("is held until it is released, once, by whoever was first", async () => {
    await desk.turn();
    const since = at();
    const held = { since, by: idOf(desk.agent) };
    expect(await hold()).toMatchObject({ obstacle: "held", held });
    later();
    expect(await hold(desk.manager)).toMatchObject({ held });
    expect(await desk.obstacle()).toBe("held");
    expect(await release()).toMatchObject({ obstacle: null, held: null, releasedAt: at() });
    const released = at();
    later();
    expect(await release()).toMatchObject({ releasedAt: released });
    expect(await desk.obstacle()).toBeNull();
    expect(await desk.events("AI_HELD")).toEqual([{ actorType: "AGENT", data: {} }]);
    expect(await desk.events("AI_RELEASED")).toEqual([{ actorType: "AGENT", data: {} }]);
  });

  test("without a turn so far can be held and released as well", async () => {
    await desk.arrive("Hello");
    expect(await release()).toMatchObject({ releasedAt: null });
    expect(await hold()).toMatchObject({ obstacle: "held" });
    expect(await release()).toMatchObject({ obstacle: null, releasedAt: at() });
  });

  test("that is released is the rules' again, whatever was so before", async () => {
    desk.settings = { ...desk.settings, mostTurns: 1 };
    await desk.answerAsRule(await desk.turn());
    await desk.answer();
    await leave();
    expect(await shown()).toMatchObject({ obstacle: "handed_off", personTookOver: true, turnsTaken: 1 });
    expect(await release()).toMatchObject({ obstacle: null, handedOff: null, personTookOver: false, turnsTaken: 0 });
    expect(await desk.answerAsRule(await desk.turn("And then?"))).toBeNull();
  });

  test("is held no more in its next ticket, and can be held again", async () => {
    await desk.turn();
    await hold();
    await changeTicket(desk.agent, { id: await desk.ticketId(), status: "CLOSED" });
    await desk.read((tx) => tx.ticket.updateMany({ data: { resolvedAt: new Date(0) } }));
    expect(await shown()).toMatchObject({ obstacle: "held", ticketId: null });
    desk.ctx.clock.advance(3_600 * SECOND_MS);
    expect(await desk.obstacle(await desk.turn("Something else"))).toBeNull();
    expect(await shown()).toMatchObject({ obstacle: null, held: null });
    expect(await hold()).toMatchObject({ held: { since: at() } });
    expect(await desk.events("AI_HELD")).toHaveLength(2);
  });

  test("that somebody holds while a rule is about to answer is held before it or after it, never in between", async () => {
    const newest = await desk.turn();
    let both: [Promise<AiTurnJson>, Promise<Obstacle | null>] | undefined;
    await desk.locked(async () => {
      const holding = hold();
      await waitForLocks(desk.ctx.database, 1);
      both = [holding, desk.answerAsRule(newest)];
      await waitForLocks(desk.ctx.database, 2);
    });
    expect(await both?.[1]).toBe("held");
    await both?.[0];
    expect(await desk.said()).toEqual([]);
  });
});

describe("a ticket that is left to people", () => {
  test("is so once, and the log says why", async () => {
    const newest = await desk.turn();
    await Promise.all([leave("asked_for_a_person"), leave("asked_for_a_person")]);
    expect(await desk.events("AI_HANDED_OFF")).toEqual([{ actorType: "AI", data: { because: "asked_for_a_person" } }]);
    expect(await shown()).toMatchObject({
      obstacle: "handed_off",
      handedOff: { since: at(), because: "asked_for_a_person" },
    });
    expect(await desk.answerAsRule(newest)).toBe("handed_off");
    const ticket = await desk.read((tx) => tx.ticket.findFirstOrThrow());
    expect(ticket).toMatchObject({ status: "OPEN", teamId: null, version: 1 });
  });

  test("goes to the team of the settings and is escalated, by the AI", async () => {
    const teamId = await newTeam();
    desk.settings = { ...desk.settings, handOffTeamId: teamId, handOffEscalates: true };
    await desk.turn();
    expect(await leave()).toMatchObject({ status: "ESCALATED", teamId, version: 2 });
    expect(await desk.read((tx) => tx.conversation.findFirstOrThrow())).toMatchObject({ teamId });
    const because = "handed_off";
    expect(await desk.events("STATUS_CHANGED")).toEqual([
      { actorType: "AI", data: { from: "open", to: "escalated", because } },
    ]);
    expect(await desk.events("ASSIGNMENT_CHANGED")).toMatchObject([{ actorType: "AI", data: { because } }]);
  });

  test("is not locked while its team is waited for, so whoever removes the team finds it free", async () => {
    const teamId = await newTeam();
    desk.settings = { ...desk.settings, handOffTeamId: teamId };
    await desk.turn();
    const id = await desk.ticketId();
    let leaving: ReturnType<typeof leave> | undefined;
    await desk.read(async (tx) => {
      await tx.$queryRaw`select from team where id = ${teamId}::uuid for update`;
      leaving = leave();
      await waitForLocks(desk.ctx.database, 1);
      await tx.$queryRaw`select from ticket where id = ${id}::uuid for update nowait`;
      await tx.team.delete({ where: { tenantId_id: { tenantId: desk.tenantId, id: teamId } } });
    });
    expect(await leaving).toMatchObject({ teamId: null });
    expect(await desk.events("AI_HANDED_OFF")).toHaveLength(1);
  });

  test("stays where it is, if it cannot be moved: it is left to people all the same", async () => {
    desk.settings = { ...desk.settings, handOffTeamId: newId(), handOffEscalates: true };
    await desk.turn();
    const id = await desk.ticketId();
    await changeTicket(desk.agent, { id, status: "ESCALATED" });
    expect(await leave()).toMatchObject({ status: "ESCALATED", teamId: null, version: 2 });
    await release();
    later();
    await changeTicket(desk.agent, { id, status: "RESOLVED" });
    expect(await leave()).toMatchObject({ status: "RESOLVED" });
    expect(await desk.events("AI_HANDED_OFF")).toHaveLength(2);
  });

  test("can be left to people again after it was released", async () => {
    await desk.turn();
    await leave("low_confidence");
    later();
    await release();
    later();
    await leave("too_many_turns");
    expect(await shown()).toMatchObject({ handedOff: { since: at(), because: "too_many_turns" } });
  });
});
