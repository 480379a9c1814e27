import { textOf } from "./text-of.ts";

type Row = Record<string, unknown>;

const HEAD = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Personal data</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:1rem/1.5 sans-serif;max-width:50rem;margin:2rem auto}td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}
p{white-space:pre-wrap;margin:.2rem 0 1rem}small{color:#555}</style></head><body>
`;

/** A page without scripts, for people to read: who it is, tickets, and what was written. */
export async function* pageOf({
  profile,
  tickets,
  messages,
}: {
  profile: AsyncIterable<Row>;
  tickets: AsyncIterable<Row>;
  messages: AsyncIterable<Row>;
}): AsyncGenerator<string> {
  yield `${HEAD}<h1>Personal data</h1>\n`;
  for await (const row of profile) yield tableOf(row);
  yield "<h2>Tickets</h2>\n";
  for await (const ticket of tickets) yield tableOf(ticket);
  yield "<h2>Messages</h2>\n";
  let thread: unknown;
  for await (const message of messages) {
    if (message["conversationId"] !== thread) {
      thread = message["conversationId"];
      yield `<h3>Conversation ${escaped(thread)}</h3>\n`;
    }
    const what = textOf(message) ?? `(${String(message["type"])})`;
    yield `<small>${escaped(message["at"])}, ${escaped(message["sender"])}, ${escaped(message["status"])}</small><p>${escaped(what)}</p>\n`;
  }
  yield "</body></html>\n";
}

function tableOf(row: Row): string {
  const lines = Object.entries(row).map(
    ([name, value]) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  return `<table>${lines.join("")}</table>\n`;
}

function escaped(value: unknown): string {
  const text = typeof value === "string" ? value : value === null || value === undefined ? "" : JSON.stringify(value);
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
