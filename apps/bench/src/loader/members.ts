import { benchId, benchIdSql } from "../world/bench-ids.ts";

/** Of every tenant: the owner, managers, and then agents. */
export const MEMBERS = { count: 20, managers: 2 } as const;

const FIRST_AGENT = 1 + MEMBERS.managers;
export const AGENTS = MEMBERS.count - FIRST_AGENT;

/** A tenant's `n`-th agent, from 0. The password is that of everybody who is seeded. */
export function loadedAgent(tenant: number, n = 0): { userId: string; email: string } {
  return loadedMember(tenant, FIRST_AGENT + n);
}

/** A tenant's first manager. */
export function loadedManager(tenant: number): { userId: string; email: string } {
  return loadedMember(tenant, 1);
}

/** The user id of a tenant's `n`-th agent, by expressions. */
export function agentIdSql(tenant: number | string, agent: string): string {
  return benchIdSql("agent", String(tenant), `${FIRST_AGENT} + (${agent})`);
}

function loadedMember(tenant: number, member: number): { userId: string; email: string } {
  return { userId: benchId("agent", tenant, member), email: `member${member}@company-${tenant}.example` };
}
