import type { TestApi } from "../api.fixture.ts";
import { makeKey } from "../auth/api-key.fixture.ts";
import { signedIn } from "../routes/desk.fixture.ts";
import { seedAssistance } from "./seed-assistance.fixture.ts";
import { seedAssignment } from "./seed-assignment.fixture.ts";
import { seedContactImports } from "./seed-contact-imports.fixture.ts";
import { seedContacts } from "./seed-contacts.fixture.ts";
import { seedBilling } from "./seed-billing.fixture.ts";
import { seedConversations } from "./seed-conversations.fixture.ts";
import { seedPersonalData } from "./seed-personal-data.fixture.ts";
import { seedPeople } from "./seed-people.fixture.ts";
import { seedRecords } from "./seed-records.fixture.ts";
import { seedReports } from "./seed-reports.fixture.ts";
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
  const withContacts = { ...withTickets, ...(await seedContacts(api.context, withTickets)) };
  const withTools = { ...withContacts, ...(await seedTools(api.context, withContacts)) };
  const withSnippets = { ...withTools, ...(await seedAssistance(api, withTools)) };
  const withRules = { ...withSnippets, ...(await seedRules(api.context, withSnippets)) };
  const withDrafts = { ...withRules, ...(await seedTurns(api.context, withRules)) };
  const withPolicy = { ...withDrafts, ...(await seedAssignment(api.context, withDrafts)) };
  const withSla = { ...withPolicy, ...(await seedSla(api.context, withPolicy)) };
  const withImports = { ...withSla, ...(await seedContactImports(api.context, withSla)) };
  const withPersonalData = { ...withImports, ...(await seedPersonalData(api.context, withImports)) };
  const things = { ...withPersonalData, ...(await seedBilling(api.context, withPersonalData)) };
  await seedReports(api.context, things);
  await seedRecords(api.context, things);
  const owner = signedIn(api, { tenantId: things.tenant, userId: things.owner });
  const { key } = await makeKey(api, { tenantId: things.tenant, owner });
  return { things, passwordHash, key };
}
