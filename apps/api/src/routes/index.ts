/**
 * Every route of /api/v1. A resource has one file, which exports one plugin:
 *
 *     export const contactRoutes: FastifyPluginAsyncZod = async (app) => {
 *       app.get(
 *         "/contacts",
 *         { config: { access: "contacts.read" },
 *           schema: { operationId: "listContacts", tags: ["Contacts"], summary: "…", querystring: listContactsQuery,
 *                     response: { 200: listOf(contactJson) } } },
 *         (request) => listContacts(request.requestContext(), request.query),
 *       );
 *     };
 *
 * A route is its access, its schema, one verb and the envelope. Its access is an action of the permission table,
 * "signed_in" or "public"; a route that names none does not start. Response schemas are encoded, so they hold no transforms.
 * What a schema says nothing of, body or query, the route does not take, and refuses.
 *
 * Verbs throw DomainErrors; the error handler makes problems of them. The OpenAPI names those that follow from a route's
 * access, input and limits. What else its verb refuses a route names in its schema, by code and with the reason:
 * `refusals: { conflict: "A team of this name exists already." }`; a test that is answered otherwise fails. Examples are put
 * together from the schemas (open-api/example-of.ts), where odd texts have `.meta({ example })`.
 */
import type { FastifyPluginAsync } from "fastify";
import { aiAssistanceRoutes } from "./ai-assistance.ts";
import { aiDraftRoutes } from "./ai-drafts.ts";
import { aiSettingsRoutes } from "./ai-settings.ts";
import { aiSnippetRoutes } from "./ai-snippets.ts";
import { aiExecutionRoutes } from "./ai-executions.ts";
import { aiRuleRoutes } from "./ai-rules.ts";
import { aiTurnRoutes } from "./ai-turns.ts";
import { analyticsRoutes } from "./analytics.ts";
import { apiKeyRoutes } from "./api-keys.ts";
import { assignmentPolicyRoutes } from "./assignment-policies.ts";
import { attachmentRoutes } from "./attachments.ts";
import { auditLogRoutes } from "./audit-log.ts";
import { authRoutes } from "./auth.ts";
import { billingRoutes } from "./billing.ts";
import { bulkJobRoutes } from "./bulk-jobs.ts";
import { cannedReplyRoutes } from "./canned-replies.ts";
import { contactAttributeRoutes } from "./contact-attributes.ts";
import { contactExportRoutes } from "./contact-exports.ts";
import { contactImportRoutes } from "./contact-imports.ts";
import { contactMergeRoutes } from "./contact-merges.ts";
import { contactRoutes } from "./contacts.ts";
import { conversationRoutes } from "./conversations.ts";
import { draftRoutes } from "./drafts.ts";
import { eventRoutes } from "./events.ts";
import { inboxRoutes } from "./inboxes.ts";
import { invitationRoutes } from "./invitations.ts";
import { invoiceRoutes } from "./invoices.ts";
import { macroRoutes } from "./macros.ts";
import { messageRoutes } from "./messages.ts";
import { passwordRoutes } from "./passwords.ts";
import { personalDataRoutes } from "./personal-data.ts";
import { presenceRoutes } from "./presence.ts";
import { rawEventRoutes } from "./raw-events.ts";
import { rebuildRoutes } from "./rebuilds.ts";
import { searchRoutes } from "./search.ts";
import { segmentRoutes } from "./segments.ts";
import { sessionRoutes } from "./sessions.ts";
import { settingsRoutes } from "./settings.ts";
import { slaRoutes } from "./sla.ts";
import { surveyRoutes } from "./surveys.ts";
import { teamRoutes } from "./teams.ts";
import { tenantRoutes } from "./tenants.ts";
import { ticketFollowerRoutes } from "./ticket-followers.ts";
import { ticketAttributeRoutes } from "./ticket-attributes.ts";
import { ticketRelationRoutes } from "./ticket-relations.ts";
import { ticketRoutes } from "./tickets.ts";
import { userRoutes } from "./users.ts";
import { viewRoutes } from "./views.ts";

export const apiRoutes: FastifyPluginAsync = async (app) => {
  await app.register(aiAssistanceRoutes);
  await app.register(aiDraftRoutes);
  await app.register(aiSettingsRoutes);
  await app.register(aiSnippetRoutes);
  await app.register(aiExecutionRoutes);
  await app.register(aiRuleRoutes);
  await app.register(aiTurnRoutes);
  await app.register(analyticsRoutes);
  await app.register(apiKeyRoutes);
  await app.register(assignmentPolicyRoutes);
  await app.register(attachmentRoutes);
  await app.register(auditLogRoutes);
  await app.register(authRoutes);
  await app.register(billingRoutes);
  await app.register(bulkJobRoutes);
  await app.register(cannedReplyRoutes);
  await app.register(contactAttributeRoutes);
  await app.register(contactExportRoutes);
  await app.register(contactImportRoutes);
  await app.register(contactMergeRoutes);
  await app.register(contactRoutes);
  await app.register(conversationRoutes);
  await app.register(draftRoutes);
  await app.register(eventRoutes);
  await app.register(inboxRoutes);
  await app.register(invitationRoutes);
  await app.register(invoiceRoutes);
  await app.register(macroRoutes);
  await app.register(messageRoutes);
  await app.register(passwordRoutes);
  await app.register(personalDataRoutes);
  await app.register(presenceRoutes);
  await app.register(rawEventRoutes);
  await app.register(rebuildRoutes);
  await app.register(searchRoutes);
  await app.register(segmentRoutes);
  await app.register(sessionRoutes);
  await app.register(settingsRoutes);
  await app.register(slaRoutes);
  await app.register(surveyRoutes);
  await app.register(teamRoutes);
  await app.register(tenantRoutes);
  await app.register(ticketFollowerRoutes);
  await app.register(ticketAttributeRoutes);
  await app.register(ticketRelationRoutes);
  await app.register(ticketRoutes);
  await app.register(userRoutes);
  await app.register(viewRoutes);
};
