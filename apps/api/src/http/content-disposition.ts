const LONGEST_NAME = 200;
const LONGEST_END = 20;

/** Control characters, what turns the direction of a text so that its end looks like another, and what separates folders. */
const NOT_IN_A_NAME = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029/\\]/gu;

/** A name under which a file from somebody else can be saved. */
export function safeFileName(name: string): string {
  const letters = Array.from(name.toWellFormed().replaceAll(NOT_IN_A_NAME, "_").trim());
  if (letters.length <= LONGEST_NAME) return letters.join("");
  return [...letters.slice(0, LONGEST_NAME - LONGEST_END), ...letters.slice(-LONGEST_END)].join("");
}

/**
 * The header of that name (RFC 6266), for a name in any language. Whoever does not know the second form takes the first,
 * in which everything but ASCII is replaced.
 */
export function contentDisposition(type: "inline" | "attachment", fileName: string): string {
  const name = safeFileName(fileName);
  const ascii = name
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^\x20-\x7e]|["%]/gu, "_");
  const header = `${type}; filename="${ascii}"`;
  return ascii === name ? header : `${header}; filename*=UTF-8''${encode(name)}`;
}

/** RFC 8187: of what encodeURIComponent leaves, these are not allowed. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /['()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
