/**
 * SQL: a condition that always holds. A statement that has it, and the transaction that it is in, does not wait for the disk
 * when it commits: a server that loses its power may lose what it wrote in the last fraction of a second, but never what
 * committed before that, or a part of it. For what would be done again, and does no harm then.
 */
export const LAZY_COMMIT = "set_config('synchronous_commit', 'off', true) = 'off'";
