/** Everything that the log can say. Names are stable: tenants' integrations will filter by them. */
export const EVENT_TYPES = [
  "CONTACT_CREATED",
  "CONVERSATION_OPENED",
  "CONVERSATION_CHANGED",
  "TICKET_OPENED",
  "STATUS_CHANGED",
  "MESSAGE_RECEIVED",
  "MESSAGE_QUEUED",
  "MESSAGE_SENT",
  "MESSAGE_STATUS_CHANGED",
  "MESSAGE_EDITED",
  "MESSAGE_REVOKED",
  "NOTE_ADDED",
  "INBOX_PAUSED",
  "INBOX_RESUMED",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];
