export { deleteDraft } from "./delete-draft.ts";
export { saveDraft } from "./save-draft.ts";
export { draftJson, saveDraftInput, type DraftJson, type SaveDraftInput } from "./schemas.ts";
export { showDraft } from "./show-draft.ts";
