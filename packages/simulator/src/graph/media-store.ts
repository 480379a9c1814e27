import { createHash, randomUUID } from "node:crypto";

export interface StoredMedia {
  id: string;
  mimeType: string;
  sha256: string;
  bytes: Buffer;
}

/** Uploaded files, in memory. */
export interface MediaStore {
  add(mimeType: string, bytes: Buffer): StoredMedia;
  get(id: string): StoredMedia | undefined;
  /** A path that serves the file for five minutes, like Meta's; told whether it is the first one of its file. */
  temporaryPath(id: string, isGone?: (isFirst: boolean) => boolean): string;
  /** The file behind a temporary path's last part, unless it is unknown or its time is over. */
  open(ticket: string): StoredMedia | undefined;
  clear(): void;
}

const PATH_LIFETIME_MS = 5 * 60 * 1000;

export function createMediaStore(now: () => number): MediaStore {
  const files = new Map<string, StoredMedia>();
  const tickets = new Map<string, { id: string; expiresAt: number }>();
  const asked = new Set<string>();
  let counter = 0;

  return {
    add(mimeType, bytes) {
      counter += 1;
      const sha256 = createHash("sha256").update(bytes).digest("base64");
      const media = { id: String(1_000_000_000_000_000 + counter), mimeType, sha256, bytes };
      files.set(media.id, media);
      return media;
    },
    get: (id) => files.get(id),
    temporaryPath(id, isGone = () => false) {
      const ticket = randomUUID();
      tickets.set(ticket, { id, expiresAt: isGone(!asked.has(id)) ? now() : now() + PATH_LIFETIME_MS });
      asked.add(id);
      return `/_sim/media/${ticket}`;
    },
    open(ticket) {
      const found = tickets.get(ticket);
      return found && now() < found.expiresAt ? files.get(found.id) : undefined;
    },
    clear() {
      files.clear();
      asked.clear();
      tickets.clear();
    },
  };
}
