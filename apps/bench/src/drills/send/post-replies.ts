import { setTimeout as sleep } from "node:timers/promises";
import type { ApiClient } from "../harness/api-client.ts";
import type { Random } from "../harness/random.ts";
import type { Thread } from "./set-up-desk.ts";

/** One reply that an agent means to send once. */
export interface PlannedReply {
  thread: Thread;
  /** From 0, in the order in which the agent writes them. */
  position: number;
  text: string;
  key: string;
  /** When it is written, in milliseconds after the start of the load. */
  atMs: number;
  /** The campaign that it is part of, if any. */
  campaign?: string;
  /** It is posted twice at the same time under one key. */
  hasTwin: boolean;
}

/** A reply that the API has accepted, under the id that it gave. */
export interface AcceptedReply {
  reply: PlannedReply;
  messageId: string;
}

export interface ReplyLedger {
  readonly accepted: readonly AcceptedReply[];
  /** Twins of one key that were given different ids. */
  readonly unequalTwins: readonly string[];
  /** Answers that no repetition could better. */
  readonly refused: readonly string[];
}

const FEWEST = 4;
const MOST = 10;
const TWINS = 0.1;

export function planReplies(random: Random, threads: readonly Thread[], loadMs: number): PlannedReply[][] {
  return threads.map((thread, index) => {
    const times = Array.from({ length: random.int(FEWEST, MOST) }, () => random.int(0, loadMs)).toSorted(
      (a, b) => a - b,
    );
    return times.map((atMs, position) => ({
      thread,
      position,
      text: `Answer ${position} in thread ${index}: ça arrive demain 🚚`,
      key: `reply-${index}-${position}`,
      atMs,
      hasTwin: random.chance(TWINS),
    }));
  });
}

/** Agents write: each thread in its order, every reply once the one before was accepted; all threads side by side. */
export function postReplies(
  api: ApiClient,
  planned: readonly PlannedReply[][],
): { ledger: ReplyLedger; done: Promise<void> } {
  const accepted: AcceptedReply[] = [];
  const unequalTwins: string[] = [];
  const refused: string[] = [];
  const startedAt = performance.now();

  async function post(reply: PlannedReply): Promise<void> {
    const { thread, text, key, campaign } = reply;
    const postIt = (): Promise<{ id: string }> =>
      api.post(
        `/conversations/${thread.conversationId}/messages`,
        { type: "text", text, ...(campaign !== undefined && { campaign }) },
        { token: thread.token, key },
      );
    try {
      const [first, ...twins] = await Promise.all(reply.hasTwin ? [postIt(), postIt()] : [postIt()]);
      if (!first) return;
      if (twins.some((twin) => twin.id !== first.id)) unequalTwins.push(key);
      accepted.push({ reply, messageId: first.id });
    } catch (error) {
      refused.push(`${key}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async function write(replies: readonly PlannedReply[]): Promise<void> {
    for (const reply of replies) {
      const early = startedAt + reply.atMs - performance.now();
      if (early > 1) await sleep(early);
      await post(reply);
    }
  }

  return { ledger: { accepted, unequalTwins, refused }, done: Promise.all(planned.map(write)).then(() => undefined) };
}
