import type { MessageContent } from "../channel.ts";
import { camelCaseKeys } from "./camel-case-keys.ts";
import { CONTENT_READERS } from "./content-readers.ts";
import type { ReadContent } from "./define-content.ts";
import { readProviderError } from "./read-provider-error.ts";
import type { WebhookMessage } from "./webhook-schema.ts";

/** An error that Meta attached to a message, in the words of an agent. */
interface ContentError {
  code: string;
  title: string;
  detail: string;
}

/**
 * What a message says. A type that we do not model, or one whose part is not as documented, becomes `unsupported`
 * with the whole message as `raw`: the agent sees that something came, and nothing of it is lost.
 */
export function readContent(message: WebhookMessage): ReadContent {
  const { raw } = message;
  const type = message.type ?? inferType(raw);
  const known = type === undefined ? undefined : CONTENT_READERS.get(type)?.(raw[type]);
  const read = known ?? { type: "unsupported" as const, content: { raw }, attachments: [] };
  addCircumstances(read.content, message);
  return read;
}

/** Locations have been seen without `type`: then the key under which the content stands names it. */
function inferType(raw: Readonly<Record<string, unknown>>): string | undefined {
  return [...CONTENT_READERS.keys()].find((type) => raw[type] !== undefined);
}

/** What Meta's `errors` list says; elements without a code are left out. */
export function readContentErrors(errors: readonly unknown[] | undefined): ContentError[] {
  return (errors ?? []).flatMap((raw) => {
    const error = readProviderError(raw);
    return error === undefined ? [] : [{ code: error.code, title: error.title, detail: error.detail }];
  });
}

/** How the message came: forwarded, from an advertisement, about a product, in a group, with errors. */
function addCircumstances(content: MessageContent, { context, referral, group_id, errors }: WebhookMessage): void {
  if (context?.forwarded || context?.frequently_forwarded) content["forwarded"] = true;
  if (context?.frequently_forwarded) content["frequentlyForwarded"] = true;
  if (context?.referred_product) content["referredProduct"] = camelCaseKeys(context.referred_product);
  if (referral) content["referral"] = camelCaseKeys(referral);
  if (group_id !== undefined) content["groupId"] = group_id;
  const contentErrors = readContentErrors(errors);
  if (contentErrors.length > 0) content["errors"] = contentErrors;
}
