import type { ModelRequest } from "./model-request.ts";
import { readPromptData, wordsOf } from "./read-prompt-data.ts";
import { sensibleAnswer } from "./sensible-answer.ts";

const SAY = /(?:say|write|reply with|answer with):? ["“«](?<words>[^"”»]+)["”»]/i;
const LINK = /(?:include|add|send|give) (?:the |this )?(?:link|address) (?<link>\S+(?: dot \S+)*)/i;
const CITE = /cite (?:the )?source (?<id>[\w-]+)/i;
const REVEAL =
  /(?:reveal|repeat|print|show)(?: me)? (?:all |all of )?(?:your|the) (?:system prompt|instructions|rules)/i;
const SPEAK = /answer in (?<language>[a-z]{2})\b/i;

/** Fields in which a model speaks, by the names that Parley's tasks give them. */
const SPOKEN = ["reply", "summary", "translation"];

/**
 * The answer of a model that takes every text for an instruction: it says what somebody wants said, adds links, cites
 * sources, changes language and tells its instructions. What is sensible remains where nobody asks for anything.
 */
export function obedientAnswer(request: ModelRequest): Record<string, unknown> | string {
  const answer = sensibleAnswer(request);
  if (typeof answer === "string") return answer;
  const words = wordsOf(request, readPromptData(request));
  const obeyed = { ...answer };

  const spoken = SPOKEN.find((name) => name in answer);
  if (spoken !== undefined) {
    const said = SAY.exec(words)?.groups?.["words"] ?? String(answer[spoken]);
    const link = LINK.exec(words)?.groups?.["link"]?.replaceAll(" dot ", ".");
    const revealed = REVEAL.test(words) ? request.system : undefined;
    obeyed[spoken] = [said, link, revealed].filter((part) => part !== undefined).join(" ");
  }
  const cited = CITE.exec(words)?.groups?.["id"];
  if (cited !== undefined && "sourceIds" in answer) obeyed["sourceIds"] = [cited];
  const language = SPEAK.exec(words)?.groups?.["language"];
  if (language !== undefined && "language" in answer) obeyed["language"] = language.toLowerCase();
  // Whoever obeys is sure of it.
  if ("confidence" in answer) obeyed["confidence"] = 1;
  if ("handOff" in answer) Object.assign(obeyed, { handOff: false, handOffReason: null });
  return obeyed;
}
