import type { EventNames, ToldEvent } from "./told-event.ts";

type Data = Record<string, unknown>;

/** Of lower_snake, camelCase or UPPER_SNAKE, as people write it. */
export function words(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
}

export function textIn(data: Data, field: string): string | undefined {
  const value = data[field];
  return typeof value === "string" ? value : undefined;
}

export function numberIn(data: Data, field: string): number | undefined {
  const value = data[field];
  return typeof value === "number" ? value : undefined;
}

export function textsIn(data: Data, field: string): string[] {
  const value = data[field];
  return Array.isArray(value) ? value.filter((text): text is string => typeof text === "string") : [];
}

/** "ticket 4711", of `{ ticketId, number }`. */
export function namedTicket(data: Data, field: string): string {
  const number = numberIn(objectIn(data, field), "number");
  return number === undefined ? "another ticket" : `ticket ${number}`;
}

/** ": assigned by policy" */
export function describeReason(data: Data): string {
  const because = textIn(data, "because");
  return because === undefined ? "" : `: ${words(because)}`;
}

/** What became of who has the ticket: "gave the ticket to Agent Two", "took the ticket from the team Returns". */
export function describeHolder({ actorId }: Pick<ToldEvent, "actorId">, data: Data, names: EventNames): string {
  const [from, to] = [objectIn(data, "from"), objectIn(data, "to")];
  const parts: string[] = [];
  const [before, after] = [textIn(from, "userId"), textIn(to, "userId")];
  if (before !== after) {
    if (after !== undefined && after === actorId) parts.push("took the ticket");
    else if (after !== undefined) parts.push(`gave the ticket to ${names.members.get(after) ?? "a former member"}`);
    else if (before === actorId) parts.push("gave the ticket back");
    else parts.push(`took the ticket from ${names.members.get(before ?? "") ?? "a former member"}`);
  }
  const [teamBefore, teamAfter] = [textIn(from, "teamId"), textIn(to, "teamId")];
  if (teamBefore !== teamAfter) {
    const team = names.teams.get(teamAfter ?? teamBefore ?? "");
    const named = team === undefined ? "a former team" : `the team ${team}`;
    parts.push(teamAfter === undefined ? `took it from ${named}` : `gave it to ${named}`);
  }
  return parts.length === 0 ? "changed who has the ticket" : parts.join(" and ");
}

/** A field that changed: "category from returns to delivery", "tags (added late)", "order ref". */
export function describeField(field: string, data: Data): string {
  const change = objectIn(data, field);
  const [added, removed] = [textsIn(change, "added"), textsIn(change, "removed")];
  const parts = [
    added.length > 0 && `added ${added.join(", ")}`,
    removed.length > 0 && `removed ${removed.join(", ")}`,
  ];
  const [from, to] = [textIn(change, "from"), textIn(change, "to")];
  if (added.length + removed.length > 0) return `${words(field)} (${parts.filter(Boolean).join(", ")})`;
  if (from === undefined && to === undefined) return words(field);
  return `${words(field)}${from === undefined ? "" : ` from ${from}`} to ${to ?? "nothing"}`;
}

function objectIn(data: Data, field: string): Data {
  const value = data[field];
  return typeof value === "object" && value !== null ? { ...value } : {};
}
