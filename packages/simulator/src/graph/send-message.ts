import type { AcceptedMessage } from "../ledger-records.ts";
import type { SendFate } from "../fault-draws.ts";
import type { Account } from "../accounts.ts";
import type { World } from "../world.ts";
import { scheduleStatuses } from "../webhooks/schedule-statuses.ts";
import { graphError, type GraphAnswer, type Refusal } from "./graph-error.ts";
import { parseSendRequest, type SendRequest } from "./send-request.ts";

/** What the caller gets: an answer, at once or once `after` settles; or none at all. */
export type SendOutcome = { answer: GraphAnswer; after?: Promise<void> } | { answer: undefined };

const BARE_500: GraphAnswer = { status: 500, body: undefined };

/** One send: its fate is drawn first, then it is checked, accepted, and answered the way its fate wants. */
export function sendMessage(world: World, account: Account, body: unknown): SendOutcome {
  const fate = world.faults.drawSend();
  switch (fate.answer) {
    case "status429":
      world.ledger.countFault("status429");
      return refuse(world, { code: 130429, details: "Simulated throttle." }, 429);
    case "status500WithBody":
      world.ledger.countFault("status500");
      return refuse(world, { code: 131000, details: "Simulated failure." });
    case "status500Bare":
      world.ledger.countFault("status500");
      return { answer: BARE_500 };
    case "timeoutBeforeAccept":
      world.ledger.countFault("timeoutBeforeAccept");
      return { answer: undefined };
    case "honest":
    case "status500BareAccepted":
    case "timeoutAfterAccept":
      break;
  }
  return sendHonestly(world, account, body, fate);
}

function sendHonestly(world: World, account: Account, body: unknown, fate: SendFate): SendOutcome {
  const request = parseSendRequest(body);
  if ("code" in request) return refuse(world, request);
  const at = world.now();
  const refusal = refusalFor(world, account, request, at);
  if (refusal) return refuse(world, refusal);

  const message: AcceptedMessage = {
    id: world.nextMessageId("out"),
    phoneNumberId: account.phoneNumberId,
    to: request.user,
    type: request.type,
    text: request.text,
    opaque: request.opaque,
    at,
  };
  world.ledger.recordAccepted(message);
  const after = scheduleStatuses(world, account, message, {
    isBusinessScoped: request.isBusinessScoped,
    failsWith: failureOf(world, request, fate),
    beforeAnswer: fate.statusBeforeAnswer && fate.answer === "honest",
  });

  if (fate.answer === "timeoutAfterAccept") {
    world.ledger.countFault("timeoutAfterAccept");
    return { answer: undefined };
  }
  if (fate.answer === "status500BareAccepted") {
    world.ledger.countFault("status500");
    world.ledger.countFault("status500Accepted");
    return { answer: BARE_500 };
  }
  return { answer: acceptance(request, message), after };
}

/** Refusals that need more than the request itself. The limits come last: only what is accepted is charged. */
function refusalFor(world: World, account: Account, request: SendRequest, at: number): Refusal | undefined {
  if (request.user === account.displayPhoneNumber) {
    return { code: 131021, details: "The recipient is the sending number itself." };
  }
  const configured = world.faults.current.failRecipients.get(request.user);
  if (configured !== undefined) return { code: configured, details: "Sends to this recipient are set to fail." };
  if (!isKnownTemplate(account, request)) {
    return { code: 132001, details: "No approved template of that name exists in that language." };
  }
  if (request.type !== "template" && !world.windows.isOpen(account.phoneNumberId, request.user, at)) {
    return { code: 131047, details: "More than 24 hours have passed since the user last wrote." };
  }
  const limit = world.limiter.admit(account.phoneNumberId, request.user, at);
  if (limit === 130429) return { code: limit, details: "Too many messages from this phone number in one second." };
  if (limit === 131056) return { code: limit, details: "Too many messages from this phone number to this user." };
  return undefined;
}

function isKnownTemplate(account: Account, { template }: SendRequest): boolean {
  if (!template || !account.templates) return true;
  return account.templates.some(
    ({ name, language, status }) => name === template.name && language === template.language && status === "APPROVED",
  );
}

function failureOf(world: World, request: SendRequest, fate: SendFate): number | undefined {
  const configured = world.faults.current.failRecipientsLater.get(request.user);
  if (configured !== undefined) return configured;
  if (fate.failsLaterWith !== undefined) world.ledger.countFault("acceptedThenFailed");
  return fate.failsLaterWith;
}

function acceptance(request: SendRequest, message: AcceptedMessage): GraphAnswer {
  const contact = request.isBusinessScoped
    ? { input: request.input, user_id: message.to }
    : { input: request.input, wa_id: message.to };
  const accepted = request.template ? { id: message.id, message_status: "accepted" } : { id: message.id };
  return { status: 200, body: { messaging_product: "whatsapp", contacts: [contact], messages: [accepted] } };
}

function refuse(world: World, refusal: Refusal, status?: number): SendOutcome {
  world.ledger.countRefused(refusal.code);
  return { answer: graphError(refusal, status) };
}
