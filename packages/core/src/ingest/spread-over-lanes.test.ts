import type { InboundPart } from "@parley/channels";
import { expect, test } from "vitest";
import { accountsOf, type ParsedRawEvent } from "./parse-raw-event.ts";
import { spreadOverLanes } from "./spread-over-lanes.ts";

function events(account: string, count: number, parts = 1): ParsedRawEvent[] {
  const part = (): InboundPart => ({ kind: "ignored", name: "test", account });
  return Array.from({ length: count }, (_empty, index) => ({
    event: {
      id: `${account}-${index}`,
      channel: "WHATSAPP",
      tenantId: null,
      body: Buffer.alloc(0),
      receivedAt: new Date(0),
    },
    parts: Array.from({ length: parts }, part),
  }));
}

/** Like `event`, but it speaks of these accounts. */
const speakingOf = ({ event }: ParsedRawEvent, ...named: string[]): ParsedRawEvent => ({
  event: { ...event, id: `${event.id}-${named.join("-")}` },
  parts: named.map((account) => ({ kind: "ignored", name: "test", account })),
});
const byId = (a: ParsedRawEvent, b: ParsedRawEvent) => (a.event.id < b.event.id ? -1 : 1);
const accounts = (lane: readonly ParsedRawEvent[]) => [...new Set(lane.flatMap(accountsOf))].toSorted();

test("nothing takes no lane, and a few events take one", () => {
  expect(spreadOverLanes([])).toEqual([]);
  expect(spreadOverLanes([...events("a", 20), ...events("b", 20)])).toHaveLength(1);
});

test("an account's events stay together, and lanes get about the same to do", () => {
  const all = [...events("a", 40), ...events("b", 10, 3), ...events("c", 60), ...events("d", 10)];
  const lanes = spreadOverLanes(all);
  expect(lanes.map(accounts)).toEqual([
    ["c", "d"],
    ["a", "b"],
  ]);
  expect(lanes.flat()).toHaveLength(all.length);
  for (const lane of lanes) {
    for (const account of accounts(lane)) {
      const ofAccount = (list: readonly ParsedRawEvent[]) => list.filter((event) => accountsOf(event)[0] === account);
      expect(ofAccount(lane)).toEqual(ofAccount(all).toSorted(byId));
    }
  }
});

test("every lane keeps the order of arrival", () => {
  const mixed = ["a", "b", "c", "d"].flatMap((account) => events(account, 30)).toSorted(byId);
  for (const lane of spreadOverLanes(mixed)) expect(lane).toEqual(lane.toSorted(byId));
});

test("no account is spoken of in two lanes, also where events speak of several", () => {
  const [first] = events("z", 1);
  if (!first) throw new Error("there is an event");
  const all = [
    ...events("a", 40),
    ...events("b", 40),
    ...events("c", 40),
    ...events("d", 5),
    speakingOf(first, "d", "a"),
    speakingOf(first, "c", "d"),
  ];
  const lanes = spreadOverLanes(all).map(accounts);
  expect(lanes.toSorted((a, b) => b.length - a.length)).toEqual([["a", "c", "d"], ["b"]]);
});

test("what names no account takes a lane too", () => {
  const nobodys = events("a", 70).map((event): ParsedRawEvent => ({
    ...event,
    parts: [{ kind: "unreadable", reason: "x" }],
  }));
  expect(spreadOverLanes(nobodys).flat()).toHaveLength(70);
});

test("one account alone takes one lane, however much it is", () => {
  expect(spreadOverLanes(events("a", 500))).toHaveLength(1);
});
