// Apps do not import the database; these two of its questions are theirs as well.
export { isConnectionFailure as isDatabaseAway, isUnstorableText } from "@parley/db";
export { measureDatabase, measureIngestDelay } from "./measure-health.ts";
