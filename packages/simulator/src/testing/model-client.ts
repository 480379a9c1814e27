import { request } from "undici";

export interface ModelReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Undefined when the body is no JSON. */
  body: unknown;
}

/** A schema that strict servers take. */
export const COLOUR_SCHEMA = {
  type: "object",
  properties: { colour: { type: "string" }, count: { type: "integer" } },
  required: ["colour", "count"],
  additionalProperties: false,
};

async function post(url: string, headers: Record<string, string>, body: unknown): Promise<ModelReply> {
  const answer = await request(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, headers: answer.headers, text, body: parse(text) };
}

/** Asks for a chat completion; `changes` replace or (undefined) remove parts of the body. */
export function complete(
  baseUrl: string,
  changes: Record<string, unknown> | string = {},
  key: string | null = "key",
): Promise<ModelReply> {
  const body = { model: "simulated", messages: [{ role: "user", content: "Hello" }] };
  const headers: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key}` };
  const sent = typeof changes === "string" ? changes : { ...body, ...changes };
  return post(`${baseUrl}/openai/v1/chat/completions`, headers, sent);
}

/** A chat completion that has to fit `schema`. */
export function completeAs(
  baseUrl: string,
  schema: object,
  changes: Record<string, unknown> = {},
): Promise<ModelReply> {
  const json_schema = { name: "answer", strict: true, schema };
  return complete(baseUrl, { response_format: { type: "json_schema", json_schema }, ...changes });
}

export function generateContent(
  baseUrl: string,
  changes: Record<string, unknown> = {},
  options: { key?: string | null; call?: string } = {},
): Promise<ModelReply> {
  const { key = "key", call = "simulated:generateContent" } = options;
  const headers: Record<string, string> = key === null ? {} : { "x-goog-api-key": key };
  const body = { contents: [{ role: "user", parts: [{ text: "Hello" }] }], ...changes };
  return post(`${baseUrl}/gemini/v1beta/models/${call}`, headers, body);
}

/** What the model said in a chat completion. */
export function contentOf(reply: ModelReply): string {
  const { choices } = reply.body as { choices: [{ message: { content: string } }] };
  return choices[0].message.content;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
