/** Longer questions are cut: what matters stands at the beginning, and every word is looked up in every snippet. */
const MAX_LENGTH = 2_000;

/** What people say to be polite, which is about nothing. Dictionaries do not count it among the words to be left out. */
const POLITE = [
  ["hello", "hi", "hey", "dear", "please", "thanks", "thank you", "kind regards", "best regards", "regards"],
  ["good morning", "good afternoon", "good evening"],
  [
    "bonjour",
    "bonsoir",
    "salut",
    "merci",
    "merci beaucoup",
    "cordialement",
    "svp",
    "s'il vous plaît",
    "madame",
    "monsieur",
  ],
  ["hola", "buenos días", "buenas tardes", "gracias", "por favor", "saludos"],
  ["hallo", "guten tag", "guten morgen", "danke", "bitte", "vielen dank", "mit freundlichen grüßen", "liebe grüße"],
  ["ciao", "buongiorno", "salve", "grazie", "per favore", "cordiali saluti"],
].flat();

const POLITENESS = new RegExp(`(?<![\\p{L}\\p{N}])(?:${longestFirst(POLITE).join("|")})(?![\\p{L}\\p{N}])`, "giu");

/** What a customer writes, as far as it says what they ask about. */
export function askedWords(text: string): string {
  return text
    .slice(0, MAX_LENGTH)
    .toWellFormed()
    .replaceAll("\0", " ")
    .replaceAll("’", "'")
    .replace(POLITENESS, " ")
    .trim();
}

function longestFirst(phrases: readonly string[]): string[] {
  return phrases.toSorted((a, b) => b.length - a.length);
}
