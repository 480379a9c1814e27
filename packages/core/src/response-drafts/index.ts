export { supersedeDrafts } from "../pending-drafts/index.ts";
export { acceptDraft } from "./accept-draft.ts";
export { createDraft, type Proposal } from "./create-draft.ts";
export { toDraftJson, type DraftRow } from "./draft-row.ts";
export { listDrafts } from "./list-drafts.ts";
export { rejectDraft } from "./reject-draft.ts";
export {
  acceptDraftInput,
  aiDraftJson,
  listDraftsQuery,
  rejectDraftInput,
  type AcceptDraftInput,
  type AiDraftJson,
  type ListDraftsQuery,
  type RejectDraftInput,
} from "./schemas.ts";
export { showDraft } from "./show-draft.ts";
