import { LAZY_COMMIT, statement } from "@parley/db";

// message_attachment_pkey. What is lost with the power is fetched anew: the file counts as stored by its last transaction.
export const HOLD_CLAIM = statement(
  "media_hold_claim",
  `update message_attachment set next_fetch_at = $4
    where tenant_id = $1 and id = $2 and state = 'PENDING' and fetch_attempts = $3 and ${LAZY_COMMIT}`,
);

export const INSERT_CHUNK = statement(
  "media_insert_chunk",
  "insert into media_chunk (tenant_id, attachment_id, position, bytes) values ($1, $2, $3, $4)",
);

// media_chunk_pkey
export const CLEAR_CHUNKS = statement(
  "media_clear_chunks",
  "delete from media_chunk where tenant_id = $1 and attachment_id = $2",
);

// media_chunk_pkey
export const READ_CHUNK = statement<{ bytes: Buffer }>(
  "media_read_chunk",
  "select bytes from media_chunk where tenant_id = $1 and attachment_id = $2 and position = $3",
);
