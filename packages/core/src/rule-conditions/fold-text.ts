/** The text that was folded last: every rule that is asked about a message folds the same one. */
let last = { text: "", folded: "" };

/** As people compare texts: without regard to case, accents and the width of spaces. */
export function foldText(text: string): string {
  if (text !== last.text) last = { text, folded: fold(text) };
  return last.folded;
}

function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/\s+/gu, " ")
    .trim()
    .toLowerCase();
}
