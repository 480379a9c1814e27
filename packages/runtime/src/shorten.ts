/**
 * A text of at most `most` characters (UTF-16 units): of a longer one the beginning and "…", after a whole word if one ends
 * in the second half of what fits, and never with half a character.
 */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1);
  const end = cut.lastIndexOf(" ");
  const kept = end > most / 2 ? cut.slice(0, end) : cut;
  return `${kept.replace(/[\uD800-\uDBFF]$/, "")}…`;
}
