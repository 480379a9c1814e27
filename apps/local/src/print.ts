import type { Env } from "@parley/runtime";
import { DEMO_AGENT, type TimelineEntry } from "./demo-conversation.ts";
import type { Addresses } from "./local-setup.ts";

/** `  142 ms  agent      answers: …` */
export function formatTimelineEntry({ atMs, who, what }: TimelineEntry): string {
  return `${String(atMs).padStart(8)} ms  ${who.padEnd(10)} ${what}`;
}

/** Where everything is and how to sign in. `directories` as they are shown. */
export function formatSummary(env: Env, at: Addresses, directories: { logs: string; mails: string }): string {
  const administrator = env["SUPERADMIN_EMAIL"] || "admin@parley.local";
  const password = env["SUPERADMIN_PASSWORD"] ? "as in SUPERADMIN_PASSWORD" : "change-me-now (unless set before)";
  const rows = [
    ["API", `${at.apiUrl}/api/v1`],
    ["API docs", `${at.apiUrl}/docs`],
    ["Queues", `${at.apiUrl}/admin/queues`],
    ["Simulator", at.simulatorUrl],
    ["Logs", directories.logs],
    ["Mails", env["SMTP_URL"] ? "leave over SMTP_URL" : env["MAIL_DIRECTORY"] || directories.mails],
    ["Agent", `${DEMO_AGENT.email}  ${DEMO_AGENT.password}`],
    ["Administrator", `${administrator}  ${password}`],
  ];
  return rows.map(([name, value]) => `  ${name?.padEnd(14)} ${value}`).join("\n");
}
