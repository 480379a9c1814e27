/** What a message of an archive says, if it has text. */
export function textOf({ content }: Record<string, unknown>): string | undefined {
  const text = typeof content === "object" && content !== null && "text" in content ? content.text : undefined;
  return typeof text === "string" ? text : undefined;
}
