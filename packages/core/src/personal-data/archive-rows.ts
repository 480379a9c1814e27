import { statement } from "@parley/db";

/** A row as PostgreSQL makes JSON of it. */
export interface JsonRow {
  row: Record<string, unknown>;
}

// contact_pkey, contact_identifier_tenant_id_contact_id_idx, contact_merge_tenant_id_target_id_idx
export const READ_PROFILE = statement<JsonRow>(
  "archive_profile",
  `select json_build_object(
            'id', c.id, 'name', c.name, 'tags', c.tags, 'attributes', c.attributes, 'metadata', c.metadata,
            'blockedAt', c.blocked_at, 'createdAt', c.created_at, 'updatedAt', c.updated_at,
            'identifiers', (select coalesce(json_agg(json_build_object(
                                     'type', lower(k.type::text), 'value', k.value, 'isPrimary', k.is_primary,
                                     'createdAt', k.created_at) order by k.type, k.value), '[]')
                              from contact_identifier k where k.tenant_id = c.tenant_id and k.contact_id = c.id),
            'merges', (select coalesce(json_agg(json_build_object(
                                'sourceId', m.source_id, 'mergedAt', m.merged_at, 'undoneAt', m.undone_at)
                                order by m.merged_at), '[]')
                         from contact_merge m where m.tenant_id = c.tenant_id and m.target_id = c.id)) as row
     from contact c where c.tenant_id = $1 and c.id = $2`,
);

// conversation_tenant_id_contact_id_idx
export const READ_CONVERSATIONS = statement<JsonRow>(
  "archive_conversations",
  `select json_build_object(
            'id', c.id, 'inbox', i.name, 'channel', lower(i.channel::text), 'externalThreadId', c.external_thread_id,
            'status', lower(c.status::text), 'tags', c.tags, 'createdAt', c.created_at,
            'lastMessageAt', c.last_message_at) as row
     from conversation c join inbox i on i.tenant_id = c.tenant_id and i.id = c.inbox_id
    where c.tenant_id = $1 and c.contact_id = $2 order by c.id`,
);

// ticket_tenant_id_contact_id_created_at_idx, satisfaction_survey_pkey
export const READ_TICKETS = statement<JsonRow>(
  "archive_tickets",
  `select json_build_object(
            'id', t.id, 'number', t.number, 'conversationId', t.conversation_id, 'status', lower(t.status::text),
            'priority', lower(t.priority::text), 'subject', t.subject, 'category', t.category, 'sentiment', t.sentiment,
            'tags', t.tags, 'orderRef', t.order_ref, 'attributes', t.attributes, 'createdAt', t.created_at,
            'firstResponseAt', t.first_response_at, 'resolvedAt', t.resolved_at,
            'survey', (select json_build_object('state', lower(s.state::text), 'score', s.score, 'askedAt', s.asked_at,
                                                'answeredAt', s.answered_at)
                         from satisfaction_survey s where s.tenant_id = t.tenant_id and s.ticket_id = t.id)) as row
     from ticket t where t.tenant_id = $1 and t.contact_id = $2 order by t.created_at, t.id`,
);

// conversation_tenant_id_contact_id_idx; what agents have begun to write, and what machines have suggested
export const READ_DRAFTS = statement<JsonRow>(
  "archive_drafts",
  `select json_build_object('by', 'agent', 'conversationId', d.conversation_id, 'text', d.body,
                            'isInternal', d.is_internal, 'at', d.updated_at) as row
     from conversation c join draft d on d.tenant_id = c.tenant_id and d.conversation_id = c.id
    where c.tenant_id = $1 and c.contact_id = $2
   union all
   select json_build_object('by', 'ai', 'conversationId', d.conversation_id, 'text', d.text, 'finalText', d.final_text,
                            'actions', d.actions, 'state', lower(d.state::text), 'reason', d.reason, 'at', d.created_at)
     from conversation c join ai_response_draft d on d.tenant_id = c.tenant_id and d.conversation_id = c.id
    where c.tenant_id = $1 and c.contact_id = $2`,
);

// conversation_tenant_id_contact_id_idx, ai_rule_execution_tenant_id_conversation_id_id_idx
export const READ_DECISIONS = statement<JsonRow>(
  "archive_decisions",
  `select json_build_object('ruleId', e.rule_id, 'trigger', lower(e.trigger::text), 'outcome', lower(e.outcome::text),
                            'reason', e.reason, 'conversationId', e.conversation_id, 'ticketId', e.ticket_id,
                            'at', e.created_at,
                            'did', (select coalesce(json_agg(json_build_object('type', r.type, 'effect', r.effect)
                                                             order by r.position), '[]')
                                      from ai_action_receipt r
                                     where r.tenant_id = e.tenant_id and r.execution_id = e.id)) as row
     from conversation c
     join ai_rule_execution e on e.tenant_id = c.tenant_id and e.conversation_id = c.id and e.outcome <> 'SKIPPED'
    where c.tenant_id = $1 and c.contact_id = $2 order by e.id`,
);

/** A message with its place in the order in which all are read. */
export interface ArchivedMessage extends JsonRow {
  conversationId: string;
  occurredAt: string;
  id: string;
}

// conversation_tenant_id_contact_id_idx, message_tenant_id_conversation_id_occurred_at_id_idx
export const READ_MESSAGES = statement<ArchivedMessage>(
  "archive_messages",
  `select m.conversation_id as "conversationId", m.occurred_at::text as "occurredAt", m.id,
          json_build_object(
            'id', m.id, 'conversationId', m.conversation_id, 'ticketId', m.ticket_id,
            'direction', lower(m.direction::text), 'sender', lower(m.sender_type::text), 'type', m.type,
            'status', lower(m.status::text), 'isInternal', m.is_internal, 'campaign', m.campaign, 'content', m.content, 'error', m.error,
            'externalId', m.external_id, 'at', m.occurred_at, 'sentAt', m.sent_at,
            'attachments', (select coalesce(json_agg(json_build_object(
                                     'id', a.id, 'kind', lower(a.kind::text), 'mimeType', a.mime_type,
                                     'fileName', a.file_name, 'state', lower(a.state::text), 'size', a.size)
                                     order by a.id), '[]')
                              from message_attachment a where a.tenant_id = m.tenant_id and a.message_id = m.id),
            'understanding', (select json_build_object(
                                       'language', u.language, 'sentiment', u.sentiment, 'intent', u.intent,
                                       'urgency', u.urgency, 'entities', u.entities, 'source', u.source)
                                from message_understanding u where u.tenant_id = m.tenant_id and u.message_id = m.id)
          ) as row
     from message m
    where m.tenant_id = $1
      and m.conversation_id = any (array(select c.id from conversation c where c.tenant_id = $1 and c.contact_id = $2))
      and (m.conversation_id, m.occurred_at, m.id) > ($3::uuid, $4::timestamptz, $5::uuid)
    order by m.conversation_id, m.occurred_at, m.id limit $6`,
);
