export { createBulkHandlers } from "./bulk-handlers.ts";
export { bulkQueue } from "./bulk-queue.ts";
export { createBulkJob } from "./create-bulk-job.ts";
export { findCreator } from "./find-creator.ts";
export { forgetOldBulkJobs } from "./forget-old-bulk-jobs.ts";
export { listBulkJobs } from "./list-bulk-jobs.ts";
export { listBulkRows } from "./list-bulk-rows.ts";
export { reconcileBulkJobs } from "./reconcile-bulk-jobs.ts";
export {
  bulkJobJson,
  bulkRowJson,
  createBulkJobInput,
  listBulkJobsQuery,
  listBulkRowsQuery,
  type BulkJobJson,
  type BulkRowJson,
  type CreateBulkJobInput,
  type ListBulkJobsQuery,
  type ListBulkRowsQuery,
} from "./schemas.ts";
export { showBulkJob } from "./show-bulk-job.ts";
export { cancelBulkJob, pauseBulkJob, resumeBulkJob } from "./steer-bulk-job.ts";
