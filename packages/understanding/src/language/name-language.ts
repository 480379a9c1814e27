import { MAX_ANALYSED_LENGTH } from "../limits.ts";
import { readCommonWords, type CommonWords } from "./common-words.ts";
import { detectLanguage, type Language } from "./detect-language.ts";

let commonWords: CommonWords | undefined;

/** The language of `text` as `understand` names it, without the rest. The first call reads our list of words. */
export function nameLanguage(text: string): Language {
  commonWords ??= readCommonWords();
  return detectLanguage(text.slice(0, MAX_ANALYSED_LENGTH), commonWords);
}
