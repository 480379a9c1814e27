import type { MediaOutcome, MediaRequest, WriteBytes } from "@parley/channels";
import type { Channel } from "@parley/db";
import type { SystemContext } from "../context/index.ts";

/** One try at fetching a file. Throws nothing but what `write` throws: the outcome says what is known. */
export type FetchOverChannel = (request: MediaRequest, write: WriteBytes) => Promise<MediaOutcome>;

/** What the worker that fetches files is given. */
export interface MediaContext extends SystemContext {
  /** How each channel gives out files. Grows by one line a channel. */
  fetchers: Partial<Record<Channel, FetchOverChannel>>;
}
