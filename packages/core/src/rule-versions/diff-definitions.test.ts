import { expect, test } from "vitest";
import type { RuleDefinitionJson } from "../rule-definitions/index.ts";
import { diffDefinitions } from "./diff-definitions.ts";

const parcel = { field: "message.text", operator: "contains" as const, value: "parcel" };
const open = { field: "ticket.status", operator: "equals" as const, value: "open" };
const vip = { field: "ticket.tags", operator: "contains" as const, value: "vip" };

function definition(given: Partial<RuleDefinitionJson> = {}): RuleDefinitionJson {
  return {
    name: "Late",
    description: null,
    trigger: "incoming_message",
    executionMode: "suggest_only",
    priority: 100,
    stopOnMatch: false,
    coolDownSeconds: 0,
    waitMinutes: null,
    schedule: null,
    conditions: { all: [parcel, open] },
    actions: [
      { type: "add_tags", tags: ["late", "parcel"] },
      { type: "set_priority", priority: "high" },
    ],
    ...given,
  };
}
const diff = (after: Partial<RuleDefinitionJson>, before: Partial<RuleDefinitionJson> = {}) =>
  diffDefinitions(definition(before), definition(after)).map(({ path, kind, before: was, after: is }) => [
    path,
    kind,
    was,
    is,
  ]);

test("what is the same is no change", () => {
  expect(diff({})).toEqual([]);
});

test("single values are told by their names", () => {
  expect(diff({ priority: 5, description: "New" })).toEqual([
    ["description", "changed", null, "New"],
    ["priority", "changed", 100, 5],
  ]);
});

test("a comparison that was changed is told down to its value", () => {
  expect(diff({ conditions: { all: [{ ...parcel, value: "package" }, open] } })).toEqual([
    ["conditions.all.0.value", "changed", "parcel", "package"],
  ]);
});

test("what is put before others does not move them", () => {
  expect(diff({ conditions: { all: [vip, parcel, open] } })).toEqual([["conditions.all.0", "added", undefined, vip]]);
  expect(diff({}, { conditions: { all: [vip, parcel, open] } })).toEqual([
    ["conditions.all.0", "removed", vip, undefined],
  ]);
});

test("what is of another kind came in the place of what went", () => {
  expect(diff({ conditions: { all: [vip, open] } })).toEqual([
    ["conditions.all.0", "added", undefined, vip],
    ["conditions.all.0", "removed", parcel, undefined],
  ]);
});

test("nested groups are looked into, and a group that is joined otherwise is another one", () => {
  const before = { conditions: { all: [parcel, { any: [open, vip] }] } };
  expect(diff({ conditions: { all: [parcel, { any: [{ ...open, value: "pending" }, vip] }] } }, before)).toEqual([
    ["conditions.all.1.any.0.value", "changed", "open", "pending"],
  ]);
  expect(diff({ conditions: { any: [parcel, open] } })).toEqual([
    ["conditions", "changed", { all: [parcel, open] }, { any: [parcel, open] }],
  ]);
});

test("actions are told by their parts, tags one by one", () => {
  const actions: RuleDefinitionJson["actions"] = [
    { type: "add_tags", tags: ["late", "vip"] },
    { type: "set_priority", priority: "high" },
    { type: "escalate" },
  ];
  expect(diff({ actions })).toEqual([
    ["actions.0.tags.1", "added", undefined, "vip"],
    ["actions.0.tags.1", "removed", "parcel", undefined],
    ["actions.2", "added", undefined, { type: "escalate" }],
  ]);
});

test("a schedule that comes is one change", () => {
  const schedule = { cron: "0 9 * * *", filter: { status: ["open" as const] } };
  expect(diff({ schedule, trigger: "schedule" })).toEqual([
    ["trigger", "changed", "incoming_message", "schedule"],
    ["schedule", "changed", null, schedule],
  ]);
  expect(diff({ schedule: { ...schedule, cron: "0 8 * * *" } }, { schedule })).toEqual([
    ["schedule.cron", "changed", "0 9 * * *", "0 8 * * *"],
  ]);
});

test("every change is told in a sentence", () => {
  const after = definition({
    conditions: { all: [{ any: [vip, open] }, { ...parcel, value: "package" }, open] },
    actions: [{ type: "set_priority", priority: "high" }],
  });
  expect(diffDefinitions(definition(), after).map(({ summary }) => summary)).toEqual([
    'conditions.all.0: any of (ticket.tags contains "vip"; ticket.status equals "open") was added',
    'conditions.all.1.value: "parcel" became "package"',
    'actions.0: add_tags: tags ["late","parcel"] was removed',
  ]);
});
