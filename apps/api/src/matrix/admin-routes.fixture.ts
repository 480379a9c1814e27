/** How somebody becomes, and ceases to be, an administrator at the dashboard: for anybody. */
export const DASHBOARD_DOORS: readonly string[] = ["GET /admin/login", "POST /admin/login", "POST /admin/logout"];

/**
 * The dashboard, Bull Board's pages, files and API, for SUPER_ADMINs only. A route that a new version of it adds is to be
 * looked at, and listed here.
 */
export const DASHBOARD_ROUTES: readonly string[] = [
  "GET /admin/queues",
  "GET /admin/queues/job-schedulers",
  "GET /admin/queues/metrics-history",
  "GET /admin/queues/queue/:queueName",
  "GET /admin/queues/queue/:queueName/:jobId",
  "GET /admin/queues/static/*",
  "GET /admin/queues/api/job-schedulers",
  "GET /admin/queues/api/queues",
  "PUT /admin/queues/api/queues/pause",
  "PUT /admin/queues/api/queues/resume",
  "POST /admin/queues/api/queues/:queueName/add",
  "PUT /admin/queues/api/queues/:queueName/clean/:queueStatus",
  "PUT /admin/queues/api/queues/:queueName/concurrency",
  "GET /admin/queues/api/queues/:queueName/default-job-options",
  "PUT /admin/queues/api/queues/:queueName/empty",
  "GET /admin/queues/api/queues/:queueName/job-data-schema",
  "PATCH /admin/queues/api/queues/:queueName/job-schedulers/:schedulerId",
  "PUT /admin/queues/api/queues/:queueName/job-schedulers/:schedulerId/remove",
  "PUT /admin/queues/api/queues/:queueName/job-schedulers/:schedulerId/run",
  "GET /admin/queues/api/queues/:queueName/metrics",
  "PUT /admin/queues/api/queues/:queueName/obliterate",
  "PUT /admin/queues/api/queues/:queueName/pause",
  "PUT /admin/queues/api/queues/:queueName/promote",
  "GET /admin/queues/api/queues/:queueName/rate-limit",
  "PUT /admin/queues/api/queues/:queueName/rate-limit",
  "PUT /admin/queues/api/queues/:queueName/rate-limit/release",
  "PUT /admin/queues/api/queues/:queueName/resume",
  "PUT /admin/queues/api/queues/:queueName/retry/:queueStatus",
  "GET /admin/queues/api/queues/:queueName/workers",
  "GET /admin/queues/api/queues/:queueName/:jobId",
  "PUT /admin/queues/api/queues/:queueName/:jobId/clean",
  "PATCH /admin/queues/api/queues/:queueName/:jobId/delay",
  "GET /admin/queues/api/queues/:queueName/:jobId/flow",
  "GET /admin/queues/api/queues/:queueName/:jobId/logs",
  "PATCH /admin/queues/api/queues/:queueName/:jobId/priority",
  "PUT /admin/queues/api/queues/:queueName/:jobId/promote",
  "PUT /admin/queues/api/queues/:queueName/:jobId/remove-unprocessed-children",
  "PUT /admin/queues/api/queues/:queueName/:jobId/retry",
  "PATCH /admin/queues/api/queues/:queueName/:jobId/update-data",
  "GET /admin/queues/api/redis/stats",
];
