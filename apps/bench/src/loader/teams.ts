import { benchIdSql } from "../world/bench-ids.ts";
import { TOPICS } from "./phrases/topics.ts";

/** Of every tenant, by number. */
export const TEAMS = [...new Set(Object.values(TOPICS).map(({ team }) => team))];

/** The team that a topic concerns, by an expression. */
export function teamOfTopicSql(tenant: number, topic: string): string {
  const cases = Object.entries(TOPICS).map(([name, { team }]) => `when '${name}' then ${TEAMS.indexOf(team)}`);
  return benchIdSql("team", String(tenant), `case ${topic} ${cases.join(" ")} end`);
}

/** Which team a member is in, by an expression: all but the owner are in one. */
export function teamOfMemberSql(tenant: string, member: string): string {
  return benchIdSql("team", tenant, `(${member}) % ${TEAMS.length}`);
}
