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

const accounts = (lane: readonly ParsedRawEvent[]) => [...new Set(lane.flatMap(accountsOf))].toSorted();

test("nothing takes no lane, and a few events take one", () => {
  expect(spreadOverLanes([])).toEqual([]);
  expect(spreadOverLanes([...events("a", 20), ...events("b", 20)])).toHaveLength(1);
});

test("an account's events stay together and in order, and lanes get about the same to do", () => {
  const all = [...events("a", 40), ...events("b", 10, 3), ...events("c", 60), ...events("d", 10)];
  const lanes = spreadOverLanes(all);
  expect(lanes.map(accounts)).toEqual([
    ["c", "d"],
    ["a", "b"],
  ]);
  expect(lanes.flat()).toHaveLength(all.length);
  for (const lane of lanes) {
    for (const account of accounts(lane)) {
      expect(lane.filter((event) => accountsOf(event)[0] === account)).toEqual(
        all.filter((event) => accountsOf(event)[0] === account),
      );
    }
  }
});

test("one account alone takes one lane, however much it is", () => {
  expect(spreadOverLanes(events("a", 500))).toHaveLength(1);
});
