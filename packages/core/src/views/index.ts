export { assertFilter } from "./assert-filter.ts";
export { changeView } from "./change-view.ts";
export { countViews } from "./count-views.ts";
export { createView } from "./create-view.ts";
export { deleteView } from "./delete-view.ts";
export { handOverViews } from "./hand-over-views.ts";
export { listViews } from "./list-views.ts";
export {
  changeViewInput,
  createViewInput,
  listViewsQuery,
  viewCountJson,
  viewJson,
  type ChangeViewInput,
  type CreateViewInput,
  type ListViewsQuery,
  type ViewCountJson,
  type ViewJson,
} from "./schemas.ts";
export { showView } from "./show-view.ts";
