import { createPersonalDataHandlers } from "@parley/core/personal-data";
import { indexPending } from "@parley/core/search";
import { newId } from "@parley/runtime";
import { buildInbox, buildTenant } from "@parley/testing";
import { beforeEach, expect, test } from "vitest";
import type { TestApi } from "../api.fixture.ts";
import { openDeskWithAdminForEachTest, type Client, type Desk } from "./desk.fixture.ts";
import { findWords, readTables } from "./find-word.fixture.ts";
import { arrive, CAMPAIGN, newPerson, openStage, plantPerson, saying, type Stage } from "./plant-person.fixture.ts";

/** Tables in which nothing of a person's can land, by the reason why. Of a new table somebody has to say. */
const WITHOUT_PERSON: Record<string, readonly string[]> = {
  "they hold ids, numbers, times and states": [
    "ai_handled_event",
    "ai_model_call",
    "ai_rule_progress",
    "ai_rule_revision",
    "ai_spend",
    "ai_suspension_notice",
    "assignment_turn",
    "billing_period",
    "billing_progress",
    "bulk_row",
    "contact_merge_message",
    "conversation_read",
    "conversation_turn",
    "message_mention",
    "outbox",
    "quota_hold",
    "quota_meter",
    "quota_notice",
    "quota_recharge",
    "rebuild",
    "report_day",
    "report_hour",
    "report_progress",
    "report_subject",
    "report_zone",
    "satisfaction_survey",
    "search_change",
    "search_segment",
    "sla_notice",
    "sla_progress",
    "sla_rulebook",
    "sla_step",
    "sla_ticket",
    "sla_timer",
    "tenant_quota_usage",
    "ticket_billing_usage",
    "ticket_fact",
    "ticket_follower",
    "ticket_link",
    "ticket_span",
    "timer",
    "usage_daily",
    "usage_event",
    "contact_import",
    "data_export",
  ],
  "they name fields that changed, and never values": ["audit_log", "event", "platform_audit_log"],
  "they are about the company's own people": [
    "api_key",
    "app_user",
    "invitation",
    "membership",
    "password_reset",
    "password_reset_request",
    "refresh_token",
    "session",
    "team",
    "team_membership",
  ],
  "they are how the company works, in its own words": [
    "ai_rule",
    "ai_rule_version",
    "ai_settings",
    "assignment_policy",
    "auto_close_rule",
    "bulk_job",
    "canned_reply",
    "contact_attribute",
    "inbox",
    "knowledge_snippet",
    "macro",
    "saved_view",
    "segment",
    "sla_policy",
    "sla_revision",
    "tenant",
    "ticket_attribute",
    "ticket_tag_change",
  ],
  "they are what the company pays": [
    "credit_note",
    "credit_note_line",
    "invoice",
    "invoice_line",
    "payment_attempt",
    "tenant_billing_plan",
  ],
  "what they hold is encrypted": ["contact_erasure", "data_export_chunk", "platform_idempotency_key"],
};

let api: TestApi;
let desk: Desk;
let admin: Client;
let adminId: string;
let stage: Stage;

openDeskWithAdminForEachTest((opened) => ({ api, desk, admin, adminId } = opened));
beforeEach(async () => {
  stage = await openStage(api, desk, admin, adminId);
});

/** Asks for it, and lets the worker do it. */
async function erase(contactId: string): Promise<{ id: string }> {
  const asked = await admin.post(`/contacts/${contactId}/erase`);
  expect(asked).toMatchObject({ status: 202, body: { data: { status: "running", contactId } } });
  const { id } = asked.body.data;
  const { erase_contact: work } = createPersonalDataHandlers(api.context);
  while (await work({ tenantId: desk.tenant.id, erasureId: id })) await new Promise(setImmediate);
  return { id };
}

test("leaves nothing of one person anywhere, and everything of another", async () => {
  const one = await plantPerson(stage, newPerson());
  const other = await plantPerson(stage, newPerson());
  const foreign = await buildTenant(api.context);
  const { externalId: foreignAccount } = await buildInbox(api.context, { tenantId: foreign.id });
  // One delivery may speak of both, and of another company's customer with the same number.
  await arrive(api, saying(stage.account, [one, other]));
  const stranger = { word: newPerson().word, phone: one.phone };
  await arrive(api, saying(stage.account, [one, other]), saying(foreignAccount ?? "", [stranger]));
  await indexPending(api.context);
  await admin.post(`/contacts/${one.contactId}/data-exports`);

  const [of, ofOther] = [
    [one.word, one.phone.slice(1)],
    [other.word, other.phone.slice(1)],
  ];
  const [before, othersBefore] = [await findWords(api.context, of), await findWords(api.context, ofOther)];
  const strangersBefore = await findWords(api.context, [stranger.word]);
  const tables = await readTables(api.context);
  expect(tables.filter((table) => !(table in before))).toEqual(Object.values(WITHOUT_PERSON).flat().toSorted());

  const { id } = await erase(one.contactId);
  expect(await findWords(api.context, [one.word])).toEqual({});
  // The number is the stranger's as well, and theirs stays.
  const numbers = { contact_identifier: 1, raw_webhook_event: 1, search_document: 1 };
  expect(await findWords(api.context, of)).toEqual(numbers);
  expect(await findWords(api.context, ofOther)).toEqual(othersBefore);
  expect(await findWords(api.context, [stranger.word])).toEqual(strangersBefore);
  await indexPending(api.context);
  expect(await findWords(api.context, [one.word])).toEqual({});

  const shown = await admin.get(`/erasures/${id}`);
  expect(shown.body.data).toMatchObject({
    status: "done",
    requestedBy: adminId,
    counts: { messages: expect.any(Number) },
  });
  expect((await admin.get(`/contacts/${one.contactId}`)).body.data).toMatchObject({
    name: null,
    identifiers: [],
    tags: [],
    erasedAt: expect.any(String),
  });
  const ofCampaign = (await admin.get(`/messages?campaign=${encodeURIComponent(CAMPAIGN)}`)).body.data as object[];
  expect(ofCampaign).toHaveLength(2);
  // Nor does anybody take back what keeps them from being written to.
  expect(await admin.delete(`/contacts/${one.contactId}/block`)).toMatchObject({
    status: 409,
    body: { code: "conflict" },
  });
  const audit = (await admin.get(`/audit-log?subjectId=${one.contactId}`)).body.data as { action: string }[];
  expect(audit.map(({ action }) => action)).toEqual(
    expect.arrayContaining(["contact.erasure_requested", "contact.erased"]),
  );
  const told = await api.context.database.withSystem((tx) => tx.event.findMany({ where: { type: "PERSON_ERASED" } }));
  expect(told).toMatchObject([{ contactId: one.contactId, data: { erasureId: id, requestedBy: adminId } }]);
}, 120_000);

test("of which the answers under an Idempotency-Key are not given again, and nothing is done twice", async () => {
  const person = newPerson();
  await arrive(api, saying(stage.account, [person]));
  const to = `/contacts/lookup?phone=${encodeURIComponent(person.phone)}`;
  const contactId = (await admin.get(to)).body.data[0].id as string;
  const [conversation] = (await admin.get("/conversations")).body.data as { id: string }[];
  const send = (key: string) =>
    admin.post(
      `/conversations/${conversation?.id}/messages`,
      { type: "text", text: "once" },
      { "idempotency-key": key },
    );
  const key = newId();
  expect((await send(key)).status).toBe(201);
  await erase(contactId);
  expect(await send(key)).toMatchObject({ status: 422, body: { code: "idempotency_mismatch" } });
  // And nothing is sent to them any more.
  expect(await send(newId())).toMatchObject({ status: 403 });
});

test("hands out an archive, and only when it is ready", async () => {
  const person = newPerson();
  await arrive(api, saying(stage.account, [person]));
  const contactId = (await admin.get(`/contacts/lookup?phone=${encodeURIComponent(person.phone)}`)).body.data[0]
    .id as string;
  const made = await admin.post(`/contacts/${contactId}/data-exports`);
  expect(made).toMatchObject({ status: 201, body: { data: { status: "running", contactId } } });
  const { id: exportId } = made.body.data;
  const headers = await api.bearer({ tenantId: desk.tenant.id, userId: adminId });
  const fetch = () => api.app.inject({ url: `/api/v1/data-exports/${exportId}/archive`, headers });
  expect((await fetch()).statusCode).toBe(409);
  await createPersonalDataHandlers(api.context).build_export({ tenantId: desk.tenant.id, exportId });
  const archive = await fetch();
  expect([archive.statusCode, archive.headers["content-type"]]).toEqual([200, "application/zip"]);
  expect(archive.rawPayload.subarray(0, 2).toString()).toBe("PK");
  expect((await admin.get(`/data-exports?contactId=${contactId}`)).body.data).toMatchObject([
    { id: exportId, status: "ready" },
  ]);
});
