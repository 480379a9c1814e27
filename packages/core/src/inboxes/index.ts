export { changeInbox } from "./change-inbox.ts";
export { createInbox } from "./create-inbox.ts";
export { readCredentials, sealCredentials } from "./credentials.ts";
export { deleteInbox } from "./delete-inbox.ts";
export { enqueueWaiting } from "./enqueue-waiting.ts";
export { noSuchInbox } from "./inbox-json.ts";
export { listInboxes } from "./list-inboxes.ts";
export { mistakesInInboxes } from "./mistakes-in-inboxes.ts";
export {
  changeInboxInput,
  createInboxInput,
  inboxJson,
  listInboxesQuery,
  type ChangeInboxInput,
  type CreateInboxInput,
  type InboxCredentials,
  type InboxJson,
  type ListInboxesQuery,
} from "./schemas.ts";
export { showInbox } from "./show-inbox.ts";
