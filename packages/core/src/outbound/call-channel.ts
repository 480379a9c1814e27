import type { SendOutcome } from "@parley/channels";
import { readCredentials } from "../inboxes/index.ts";
import type { ClaimedMessage } from "./claim-messages.ts";
import type { OutboundContext } from "./outbound-context.ts";

/** Calls the channel's API once. What is missing on our side ends the message or pauses the inbox, in clear words. */
export async function callChannel(ctx: OutboundContext, claim: ClaimedMessage): Promise<SendOutcome> {
  const send = ctx.channels[claim.channel];
  if (!send)
    return refuse("final", "channel_cannot_send", `Messages cannot be sent on ${claim.channel.toLowerCase()} yet.`);
  if (claim.type !== "text" || claim.content.text === undefined) {
    return refuse("final", "unsupported_type", `Messages of type ${claim.type} cannot be sent yet.`);
  }
  if (claim.threadId !== "") {
    return refuse(
      "final",
      "group_not_supported",
      "Groups cannot be answered yet; the reply would reach one member only.",
    );
  }
  if (claim.recipientType === null || claim.recipientValue === null) {
    return refuse("final", "no_recipient", "The contact has no identifier on this channel; add one and send again.");
  }
  if (claim.account === null) {
    return refuse("pause", "no_account", "The inbox has no account id; set externalId and resume the inbox.");
  }
  const accessToken = readAccessToken(ctx, claim);
  if (accessToken === undefined) {
    return refuse(
      "pause",
      "no_credentials",
      "The inbox has no usable access token; set its credentials and resume it.",
    );
  }
  return send({
    account: claim.account,
    accessToken,
    to: { type: claim.recipientType, value: claim.recipientValue },
    message: { type: "text", text: claim.content.text },
    replyToExternalId: claim.replyToExternalId ?? undefined,
    reference: { messageId: claim.messageId, attempt: claim.attempt },
  });
}

function readAccessToken(ctx: OutboundContext, claim: ClaimedMessage): string | undefined {
  const { tenantId, inboxId, credentials } = claim;
  try {
    return readCredentials(ctx.keyring, { tenantId, id: inboxId, credentials }).accessToken;
  } catch (error) {
    ctx.logger.error({ err: error, inboxId }, "the inbox's credentials cannot be read");
    return undefined;
  }
}

function refuse(kind: "final" | "pause", code: string, detail: string): SendOutcome {
  return { kind, error: { code, title: "Not sent", detail, retryable: false } };
}
