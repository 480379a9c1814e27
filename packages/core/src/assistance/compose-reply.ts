import { suggestReply as askForReply, type SuggestedReply } from "@parley/models";
import { understand } from "@parley/understanding";
import {
  askModel,
  readAiSettings,
  type AiSettings,
  type ModelContext,
  type NoAnswerReason,
} from "../language-models/index.ts";
import { findSnippets, type FoundSnippet } from "../snippets/index.ts";
import { readConversationThread, type ThreadMessage } from "./read-thread.ts";
import { repeatedLinks } from "./repeated-links.ts";

/** A snippet that a reply rests on. */
export interface ReplySource {
  id: string;
  title: string;
}

/** A reply to what a contact has written since they were answered. */
export interface ComposedReply {
  /** Empty only with `handOff`. */
  text: string;
  /** ISO 639-1 */
  language: string;
  /** 0 to 1: how sure the model says it is, or how well the snippet fits. */
  confidence: number;
  sources: ReplySource[];
  /** The newest message that it answers. */
  messageId: string;
  /** "local", or the model. */
  writtenBy: string;
  /** Why a person should answer instead. A model wrote it, so it is to be shown and never to be obeyed. */
  handOff?: string;
}

/**
 * Why there is no reply. `nothing_to_answer`: the contact has written nothing since they were answered.
 * `no_snippet_fits`: nothing that the company has written down answers it; `model` says why no model did.
 */
export type NoReply = { none: "nothing_to_answer" } | { none: "no_snippet_fits"; model: NoAnswerReason };

export interface ReplyQuestion {
  conversationId: string;
  ticketId?: string | null;
  /** Where the caller remembers them. */
  settings?: AiSettings;
}

const MOST_SNIPPETS = 8;
/** Below it, what a snippet has in common with the question is chance. */
const LEAST_FIT = 0.25;

/**
 * Writes a reply to the contact's last messages: by the tenant's model, from snippets and the conversation, else the best
 * snippet itself if it fits. Not to be called inside a transaction, because a model takes seconds; whether the reply still
 * is to be sent by then is the caller's question.
 */
export async function composeReply(
  ctx: ModelContext,
  tenantId: string,
  question: ReplyQuestion,
): Promise<ComposedReply | NoReply> {
  const { conversationId, ticketId = null } = question;
  const { settings, thread, newest, language, snippets } = await readKnown(ctx, tenantId, question);
  if (!newest) return { none: "nothing_to_answer" };

  const about = { task: "suggest_reply", conversationId, ticketId, messageId: newest.id };
  const conversation = thread.map(({ from, text }) => ({ from, text }));
  const answer = await askModel(ctx, settings, about, (client, options) =>
    askForReply(client, { conversation, sources: snippets, language }, options),
  );
  if ("value" in answer)
    return { ...byModel(answer.value, { thread, snippets }), messageId: newest.id, writtenBy: answer.model };

  const best = snippets.find((snippet) => language === null || snippet.language === language);
  if (!best || best.confidence < LEAST_FIT) return { none: "no_snippet_fits", model: answer.failed };
  return {
    text: best.body,
    language: best.language,
    confidence: best.confidence,
    sources: [{ id: best.id, title: best.title }],
    messageId: newest.id,
    writtenBy: "local",
  };
}

interface Known {
  settings: AiSettings;
  thread: ThreadMessage[];
  /** Undefined: there is nothing to answer. */
  newest: ThreadMessage | undefined;
  /** Of what is to be answered; null when nobody can tell. */
  language: string | null;
  snippets: FoundSnippet[];
}

function readKnown(ctx: ModelContext, tenantId: string, question: ReplyQuestion): Promise<Known> {
  return ctx.database.withTenant(tenantId, async (tx) => {
    const settings = question.settings ?? (await readAiSettings(tx, tenantId));
    const thread = await readConversationThread(tx, tenantId, question.conversationId);
    const unanswered = thread
      .slice(thread.findLastIndex(({ isAnswer }) => isAnswer) + 1)
      .filter(({ from }) => from === "contact");
    const text = unanswered.map((message) => message.text).join("\n");
    const { code: language } = understand(text).language;
    const asked = { text, limit: MOST_SNIPPETS };
    const found = await findSnippets(tx, tenantId, { ...asked, language });
    // A model can make use of what is written in another language.
    const isForeign = found.length === 0 && language !== null;
    const snippets = isForeign ? await findSnippets(tx, tenantId, { ...asked, language: null }) : found;
    return { settings, thread, newest: unanswered.at(-1), language, snippets };
  });
}

/** The package has checked that it cites no other sources. */
function byModel(
  { reply, language, confidence, sourceIds, handOff, handOffReason }: SuggestedReply,
  { thread, snippets }: Pick<Known, "thread" | "snippets">,
): Omit<ComposedReply, "messageId" | "writtenBy"> {
  const textsOf = (who: ThreadMessage["from"]): string[] =>
    thread.filter(({ from }) => from === who).map(({ text }) => text);
  const ownTexts = [...snippets.flatMap(({ title, body }) => [title, body]), ...textsOf("agent")];
  const vouches = repeatedLinks(reply, textsOf("contact"), ownTexts).length > 0;
  const reason = vouches ? "The reply repeats a link that the customer wrote." : handOffReason;
  return {
    text: reply,
    language,
    confidence,
    sources: snippets.filter(({ id }) => sourceIds.includes(id)).map(({ id, title }) => ({ id, title })),
    ...((handOff || vouches) && { handOff: reason ?? "The model leaves it to a person." }),
  };
}
