const NOT_ASCII = /[\u0080-\uffff]/g;

/** Meta sends, and signs, JSON in which everything beyond ASCII is written `\u00e4`, in lowercase hex. */
export function escapeToAscii(json: string): string {
  return json.replace(NOT_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
