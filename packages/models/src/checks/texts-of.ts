import { mapStrings } from "../prompt/mask-strings.ts";

/** Invisible characters, with which a word can be written so that nobody finds it. */
const INVISIBLE = /\p{Cf}/gu;

/** A text as a reader sees it. */
export function asSeen(text: string): string {
  return text.normalize("NFKC").replaceAll(INVISIBLE, "");
}

/** All strings in a value, at any depth, as a reader sees them. */
export function textsOf(value: unknown): string[] {
  const texts: string[] = [];
  mapStrings(value, (text) => {
    texts.push(asSeen(text));
    return text;
  });
  return texts;
}
