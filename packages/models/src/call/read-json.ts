/** Reads JSON as models write it: bare, in a markdown fence, or with words around it. Undefined if there is none. */
export function readJson(text: string): unknown {
  const bare = text.trim();
  return parse(bare) ?? parse(bare.slice(bare.indexOf("{"), bare.lastIndexOf("}") + 1));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
