import type { FastifyInstance } from "fastify";
import type { Ledger } from "../ledger.ts";
import { normaliseAddress } from "../user-address.ts";
import { registerModelControlRoutes, type ModelControl } from "./model-control-routes.ts";

/** What the control routes can do; the same verbs as in-process. */
export interface Control {
  ledger: Ledger;
  models: ModelControl;
  deliverInbound(input: unknown): Promise<object>;
  setFaults(input: unknown): object;
  verifyWebhook(): Promise<boolean>;
  reset(): void;
  /** How many inbound webhooks and statuses were not acknowledged yet. */
  pending(): number;
  webhookUrl(): string | undefined;
}

const ROUTES = {
  "POST /{version}/{phone_number_id}/messages": "send, mark as read, show the typing indicator",
  "POST /{version}/{phone_number_id}/media": "upload (multipart/form-data)",
  "GET /{version}/{media_id}": "metadata and a URL that lives five minutes",
  "GET /{version}/{waba_id}/message_templates": "the account's templates",
  "POST /openai/v1/chat/completions": "a language model as OpenAI serves it, without streaming",
  "POST /gemini/v1beta/models/{model}:generateContent": "a language model as Google serves it, without streaming",
  "POST /_sim/inbound":
    "{ phoneNumberId, from, text, count?, batch?, userId?, name?, message?, media? }: a user writes; media is { kind, mimeType, base64 or size with seed, fileName?, caption?, voice? }",
  "GET /_sim/ledger": "what was accepted, refused, delivered; ?to= for one user",
  "POST /_sim/faults":
    "{ seed, status429, duplicate, mediaUrlExpired, mediaStatus500, mediaWrongBytes, mediaTruncated, mediaSlowMs, … }: replaces all faults, {} turns them off",
  "POST /_sim/models/script":
    "{ behaviour?, answers: [{ contains?, model?, times?, answer?, fault? }] }: what models say",
  "POST /_sim/models/faults":
    "{ seed, slow, status429, malformed, … }: replaces all faults of models, {} turns them off",
  "GET /_sim/models/ledger": "what models were asked, answered and refused",
  "POST /_sim/verify": "Meta's handshake with the webhook URL",
  "POST /_sim/reset": "forget everything, all faults off",
  "GET /_sim/health": "is it up",
};

export function registerControlRoutes(app: FastifyInstance, control: Control): void {
  app.get("/", () => ({
    service: "Parley simulator: a WhatsApp Cloud API and language models on loopback, with ledgers and faults",
    webhookUrl: control.webhookUrl() ?? null,
    routes: ROUTES,
  }));
  registerModelControlRoutes(app, control.models);
  app.get("/_sim/health", () => ({ status: "ok" }));
  app.post("/_sim/inbound", (request) => control.deliverInbound(request.body));
  app.post("/_sim/faults", (request) => control.setFaults(request.body ?? {}));
  app.post("/_sim/verify", async () => ({ verified: await control.verifyWebhook() }));
  app.post("/_sim/reset", () => {
    control.reset();
    return { reset: true };
  });
  app.get<{ Querystring: { to?: string } }>("/_sim/ledger", (request) =>
    ledgerJson(control.ledger, control.pending(), request.query.to),
  );
}

/** The ledger as JSON; with `to`, only the lists of that user (the counters stay whole). */
function ledgerJson(ledger: Ledger, pending: number, to: string | undefined): object {
  const user = to === undefined ? undefined : normaliseAddress(to);
  const isWanted = (address: string): boolean => user === undefined || address === user;
  return {
    accepted: user === undefined ? ledger.accepted : ledger.acceptedTo(user),
    refused: Object.fromEntries(ledger.refused),
    webhooks: { ...ledger.webhooks, pending },
    inbound: ledger.inbound.filter((record) => isWanted(record.from)),
    statuses: ledger.statuses.filter((record) => isWanted(record.to)),
    rate: { maxInAnySecond: ledger.maxAcceptedInAnySecondByNumber() },
    faults: Object.fromEntries(ledger.faults),
  };
}
