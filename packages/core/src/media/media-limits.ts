/**
 * So many bytes are in a row of `media_chunk`, but for the last of a file: the place of a byte follows from it. Files that
 * are stored rely on it, so it never changes.
 */
export const CHUNK_BYTES = 256 * 1024;

/** WhatsApp's longest documents. Longer ones never get this far (Meta, error 131052). */
export const MAX_MEDIA_BYTES = 100 * 1024 * 1024;

/** WhatsApp keeps what it received so long. */
export const FETCHABLE_MS = 7 * 24 * 3_600_000;

/**
 * A claim holds for so long from each time that bytes were written. Longer than a channel may take to say where a file
 * is, and to begin.
 */
export const LEASE_MS = 120_000;
