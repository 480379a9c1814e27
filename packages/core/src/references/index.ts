export { contactOf, contactOfConversation, toContactRef, type ContactRefRow } from "./contacts.ts";
export { inboxOf } from "./inboxes.ts";
export { memberOf, senderOf, teamOf } from "./people.ts";
export { contactRefJson, inboxRefJson, memberRefJson, senderRefJson, teamRefJson, ticketRefJson } from "./schemas.ts";
export { ticketOf, unfinishedTicketsOf } from "./tickets.ts";
