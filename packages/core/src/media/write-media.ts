import { together, type Sql } from "@parley/db";
import type { SystemContext } from "../context/index.ts";
import type { ClaimedAttachment } from "./claim-attachment.ts";
import { HOLD_CLAIM, INSERT_CHUNK } from "./media-chunks.ts";
import { CHUNK_BYTES, LEASE_MS } from "./media-limits.ts";

/** Chunks that are in memory, and then in one transaction. */
const GROUP = 4;

/** Somebody else has claimed the file meanwhile, or it is not there any more: whoever has it must stop. */
export class ClaimLost extends Error {
  override readonly name = "ClaimLost";
}

/** Stores a file as it arrives. */
export interface MediaWriter {
  /** Resolves when there is room for more. Throws ClaimLost. */
  write(piece: Uint8Array): Promise<void>;
  /** Writes what is left, in the transaction in which the file becomes a whole. */
  finish(sql: Sql): Promise<void>;
}

/** Under the claim's number: a group of chunks is a transaction, which makes the claim last longer. */
export function createMediaWriter(ctx: SystemContext, claim: ClaimedAttachment): MediaWriter {
  const { tenantId, attachmentId, attempt } = claim;
  let position = 0;
  let whole: Buffer[] = [];
  let parts: Uint8Array[] = [];
  let length = 0;

  function takeIn(piece: Uint8Array): void {
    for (let from = 0; from < piece.byteLength;) {
      const part = piece.subarray(from, from + CHUNK_BYTES - length);
      parts.push(part);
      length += part.byteLength;
      from += part.byteLength;
      if (length === CHUNK_BYTES) close();
    }
  }

  function close(): void {
    whole.push(Buffer.concat(parts));
    [parts, length] = [[], 0];
  }

  /** May be run again with its transaction, so it moves nothing on. */
  async function insert(sql: Sql): Promise<void> {
    const leaseEnds = new Date(ctx.clock.now().getTime() + LEASE_MS);
    const held = await sql.run(HOLD_CLAIM, [tenantId, attachmentId, attempt, leaseEnds]);
    if (held === 0) throw new ClaimLost("the file is another worker's by now, or gone");
    await together(
      whole.map((bytes, index) => sql.run(INSERT_CHUNK, [tenantId, attachmentId, position + index, bytes])),
    );
  }

  return {
    async write(piece) {
      takeIn(piece);
      if (whole.length < GROUP) return;
      await ctx.database.system.transaction(insert);
      position += whole.length;
      whole = [];
    },
    async finish(sql) {
      if (length > 0) close();
      await together(
        whole.map((bytes, index) => sql.run(INSERT_CHUNK, [tenantId, attachmentId, position + index, bytes])),
      );
    },
  };
}
