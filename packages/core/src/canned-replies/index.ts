export { changeCannedReply } from "./change-canned-reply.ts";
export { createCannedReply } from "./create-canned-reply.ts";
export { deleteCannedReply } from "./delete-canned-reply.ts";
export { listCannedReplies } from "./list-canned-replies.ts";
export { renderCannedReply } from "./render-canned-reply.ts";
export {
  cannedReplyJson,
  changeCannedReplyInput,
  createCannedReplyInput,
  listCannedRepliesQuery,
  renderCannedReplyInput,
  renderedReplyJson,
  type CannedReplyJson,
  type ChangeCannedReplyInput,
  type CreateCannedReplyInput,
  type ListCannedRepliesQuery,
  type RenderCannedReplyInput,
  type RenderedReplyJson,
} from "./schemas.ts";
export { showCannedReply } from "./show-canned-reply.ts";
