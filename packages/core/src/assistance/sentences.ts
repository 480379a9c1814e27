import { shorten } from "@parley/runtime";

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
/** Fewer words are a greeting, or thanks. */
const FEW_WORDS = 4;

export function sentencesOf(text: string): string[] {
  return [...segmenter.segment(text)]
    .map(({ segment }) => segment.replace(/\s+/g, " ").trim())
    .filter((sentence) => sentence !== "");
}

/** What a message is about: its first sentences that say something, up to `most` characters. */
export function gistOf(text: string, most: number): string {
  const sentences = sentencesOf(text);
  const first = sentences.findIndex((sentence) => wordsIn(sentence) >= FEW_WORDS);
  const telling = first === -1 ? sentences : sentences.slice(first);
  let gist = "";
  for (const sentence of telling) {
    if (gist !== "" && gist.length + 1 + sentence.length > most) break;
    gist = gist === "" ? sentence : `${gist} ${sentence}`;
  }
  return shorten(gist, most);
}

/** The questions that a message asks, in its own words. */
export function questionsIn(text: string): string[] {
  return sentencesOf(text).filter((sentence) => /[?？]["'»”)]*$/.test(sentence));
}

function wordsIn(sentence: string): number {
  return sentence.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
}
