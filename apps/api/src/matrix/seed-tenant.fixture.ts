import type { TestApi } from "../api.fixture.ts";
import { makeKey } from "../auth/api-key.fixture.ts";
import { signedIn } from "../routes/desk.fixture.ts";
import { seedAssistance } from "./seed-assistance.fixture.ts";
import { seedAssignment } from "./seed-assignment.fixture.ts";
import { seedConversations } from "./seed-conversations.fixture.ts";
import { seedPeople } from "./seed-people.fixture.ts";
import { seedRecords } from "./seed-records.fixture.ts";
import { seedRules } from "./seed-rules.fixture.ts";
import { seedSla } from "./seed-sla.fixture.ts";
import { seedTools } from "./seed-tools.fixture.ts";
import { seedTicketRelations } from "./seed-ticket-relations.fixture.ts";
import { seedTurns } from "./seed-turns.fixture.ts";
import type { Things } from "./things.fixture.ts";

export interface SeededTenant {
  things: Things;
  /** The owner's, for further users with the same password. */
  passwordHash: string;
  /** An API key of the tenant with every scope that there is. */
  key: string;
}

/**
 * A company with at least two rows of whatever a list shows and one of everything else, whose texts all contain its
 * canary.
 */
export async function seedTenant(api: TestApi): Promise<SeededTenant> {
  const { passwordHash, ...people } = await seedPeople(api.context);
  const withConversations = { ...people, ...(await seedConversations(api.context, people)) };
  const withTickets = { ...withConversations, ...(await seedTicketRelations(api.context, withConversations)) };
  const withTools = { ...withTickets, ...(await seedTools(api.context, withTickets)) };
  const withSnippets = { ...withTools, ...(await seedAssistance(api, withTools)) };
  const withRules = { ...withSnippets, ...(await seedRules(api.context, withSnippets)) };
  const withDrafts = { ...withRules, ...(await seedTurns(api.context, withRules)) };
  const withPolicy = { ...withDrafts, ...(await seedAssignment(api.context, withDrafts)) };
  const things = { ...withPolicy, ...(await seedSla(api.context, withPolicy)) };
  await seedRecords(api.context, things);
  const owner = signedIn(api, { tenantId: things.tenant, userId: things.owner });
  const { key } = await makeKey(api, { tenantId: things.tenant, owner });
  return { things, passwordHash, key };
}
