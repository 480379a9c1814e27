import { request } from "undici";

export const PHONE_NUMBER_ID = "106540352242922";

export interface GraphReply {
  status: number;
  /** Undefined when the answer had no body. */
  body: unknown;
}

/** POSTs JSON to the simulator, as a client that has a token. */
export async function post(
  baseUrl: string,
  path: string,
  body: unknown,
  options: { token?: string | null; signal?: AbortSignal } = {},
): Promise<GraphReply> {
  const { token = "token", signal } = options;
  const answer = await request(baseUrl + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    signal,
  });
  const text = await answer.body.text();
  return { status: answer.statusCode, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
}

export async function getJson(baseUrl: string, path: string): Promise<GraphReply> {
  const answer = await request(baseUrl + path, { headers: { authorization: "Bearer token" } });
  return { status: answer.statusCode, body: await answer.body.json() };
}

/** Sends a text; `changes` replace or (undefined) remove parts of the body. */
export async function sendText(
  baseUrl: string,
  changes: Record<string, unknown> = {},
  options: { token?: string | null; signal?: AbortSignal } = {},
): Promise<GraphReply> {
  const body = {
    messaging_product: "whatsapp",
    recipient_type: "individual",
    to: "+33600000001",
    type: "text",
    text: { body: "Bonjour" },
    ...changes,
  };
  return post(baseUrl, `/v25.0/${PHONE_NUMBER_ID}/messages`, body, options);
}

/** The wamid of an accepted send. */
export function messageIdOf(reply: GraphReply): string {
  const { messages } = reply.body as { messages: [{ id: string }] };
  return messages[0].id;
}
