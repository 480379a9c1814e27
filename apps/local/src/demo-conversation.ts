import { randomInt, randomUUID } from "node:crypto";
import { requestJson } from "./json-http.ts";
import type { Addresses } from "./local-setup.ts";
import { waitFor } from "./wait-for.ts";

/** Made by the seed. */
export const DEMO_AGENT = { email: "agent@acme-electronics.example", password: "demo-password-1" };
const DEMO_PHONE_NUMBER_ID = "106540352242922";

const STEP_TIMEOUT_MS = 20_000;

export interface TimelineEntry {
  atMs: number;
  who: "customer" | "parley" | "agent" | "simulator";
  what: string;
}

/** A parcel, of 32 by 32 dots. */
const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAACAAAAAgCAIAAAD8GO2jAAAAOElEQVR42mP4RWPAMGrBqAVDzIJVFW540J19PXCEX+WoBaMWjFow" +
  "asGoBaMWjFpAmQWjzZYBsQAAhC0YqJwQhXsAAAAASUVORK5CYII=";

interface Message {
  id: string;
  direction: string;
  status: string;
  content: { text?: string };
  attachments: { state: string; size?: number }[];
  error: { code: string; title: string } | null;
}

/**
 * A customer writes on WhatsApp and sends a picture, an agent answers, the customer reads it: through the simulator's webhooks
 * and the public API only. Returns what happened when; rejects with the step that did not come.
 */
export async function playDemoConversation(at: Addresses, onEntry: (entry: TimelineEntry) => void): Promise<void> {
  const startedAt = performance.now();
  const tell = (who: TimelineEntry["who"], what: string): void =>
    onEntry({ atMs: Math.round(performance.now() - startedAt), who, what });
  const agent = await signIn(at.apiUrl);

  const customer = `49151${randomInt(10_000_000, 99_999_999)}`;
  const question = `Hello, where is my order ${randomInt(10_000, 99_999)}?`;
  tell("customer", `+${customer} writes on WhatsApp: "${question}"`);
  await requestJson("POST", `${at.simulatorUrl}/_sim/inbound`, {
    body: { phoneNumberId: DEMO_PHONE_NUMBER_ID, from: customer, text: question },
  });
  tell("parley", "has stored the signed webhook and answered 200");

  const conversation = await waitFor("the conversation in GET /conversations", STEP_TIMEOUT_MS, async () => {
    const found = await agent.get<{ id: string }[]>(`/conversations?search=${customer}`);
    return found[0];
  });
  const messagesPath = `/conversations/${conversation.id}/messages`;
  await waitFor("the customer's message in the conversation", STEP_TIMEOUT_MS, async () => {
    const messages = await agent.get<Message[]>(messagesPath);
    return messages.find((message) => message.direction === "inbound" && message.content.text === question);
  });
  tell("parley", "shows it in a conversation of its own");

  tell("customer", "sends a picture of the parcel that they expect");
  await requestJson("POST", `${at.simulatorUrl}/_sim/inbound`, {
    body: {
      phoneNumberId: DEMO_PHONE_NUMBER_ID,
      from: customer,
      media: { kind: "image", mimeType: "image/png", base64: PICTURE },
    },
  });
  const size = await waitFor("the picture's file", STEP_TIMEOUT_MS, async () => {
    const messages = await agent.get<Message[]>(messagesPath);
    const files = messages.flatMap(({ attachments }) => attachments);
    return files.find(({ state }) => state === "stored")?.size;
  });
  tell("parley", `has fetched the file from WhatsApp: ${size} bytes`);

  const answer = "It left our warehouse this morning and arrives tomorrow.";
  const sent = await agent.post<Message>(messagesPath, { type: "text", text: answer });
  tell("agent", `answers: "${answer}" (${sent.status})`);
  await followUntilRead(agent, sent, (status) =>
    tell(status === "read" ? "customer" : "parley", STATUS_WORDS[status] ?? status),
  );

  await checkLedger(at.simulatorUrl, customer, answer);
  tell("simulator", "has exactly one message for that customer in its ledger");
}

const STATUS_WORDS: Record<string, string> = {
  sending: "is sending it",
  sent: "has sent it: WhatsApp accepted it",
  delivered: "has heard that it was delivered",
  read: "has read it",
};

async function followUntilRead(agent: Agent, message: Message, onStatus: (status: string) => void): Promise<void> {
  let last = message.status;
  await waitFor(`the status "read" of the answer`, STEP_TIMEOUT_MS, async () => {
    const { status, error } = await agent.get<Message>(`/messages/${message.id}`);
    if (status === "failed")
      throw new Error(`the answer was not sent (${error ? `${error.code} ${error.title}` : "no reason given"})`);
    if (status !== last) onStatus(status);
    last = status;
    return status === "read" || undefined;
  });
}

async function checkLedger(simulatorUrl: string, customer: string, text: string): Promise<void> {
  const ledger = await requestJson<{ accepted: { text: string }[] }>(
    "GET",
    `${simulatorUrl}/_sim/ledger?to=${customer}`,
  );
  const texts = ledger.accepted.map((message) => message.text);
  if (texts.length !== 1 || texts[0] !== text) {
    throw new Error(`the simulator got ${texts.length} messages for the customer instead of the one answer`);
  }
}

interface Agent {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
}

async function signIn(apiUrl: string): Promise<Agent> {
  const api = `${apiUrl}/api/v1`;
  const { data: session } = await requestJson<{ data: { accessToken: string } }>("POST", `${api}/auth/login`, {
    body: DEMO_AGENT,
  });
  const authorization = `Bearer ${session.accessToken}`;
  return {
    async get<T>(path: string) {
      const { data } = await requestJson<{ data: T }>("GET", `${api}${path}`, { headers: { authorization } });
      return data;
    },
    async post<T>(path: string, body: unknown) {
      const headers = { authorization, "idempotency-key": randomUUID() };
      const { data } = await requestJson<{ data: T }>("POST", `${api}${path}`, { body, headers });
      return data;
    },
  };
}
