/** A template as `GET /{waba}/message_templates` lists it. */
export interface Template {
  id: string;
  name: string;
  language: string;
  status: string;
  category: string;
  components: unknown[];
}

/** What a test fixes about a business phone number; the rest is made up from its id. */
export interface AccountOptions {
  wabaId?: string;
  /** Digits, as in webhooks' `metadata`. Sending to it is sending to oneself. */
  displayPhoneNumber?: string;
  /** An alternate callback for this number; it wins over the simulator's own. */
  webhookUrl?: string;
  appSecret?: string;
  /** Refuse every other token. */
  accessToken?: string;
  /** Given: only these may be sent (error 132001). Not given: any well-formed template is accepted. */
  templates?: Template[];
}

/** Where webhooks go and with what they are signed. The URL is read at each attempt, so that it may move. */
export interface Endpoint {
  readonly url: string | undefined;
  readonly appSecret: string;
}

export interface Account {
  phoneNumberId: string;
  wabaId: string;
  displayPhoneNumber: string;
  endpoint: Endpoint;
  accessToken?: string;
  templates?: Template[];
}

export interface Accounts {
  /** Any phone number id exists: one that was not configured is made up, always the same way. */
  get(phoneNumberId: string): Account;
  templatesOf(wabaId: string): Template[];
}

export function createAccounts(options: Record<string, AccountOptions>, defaultEndpoint: Endpoint): Accounts {
  const accounts = new Map<string, Account>();
  for (const [phoneNumberId, given] of Object.entries(options)) {
    accounts.set(phoneNumberId, makeAccount(phoneNumberId, given, defaultEndpoint));
  }

  return {
    get(phoneNumberId) {
      let account = accounts.get(phoneNumberId);
      if (!account) {
        account = makeAccount(phoneNumberId, {}, defaultEndpoint);
        accounts.set(phoneNumberId, account);
      }
      return account;
    },
    templatesOf: (wabaId) =>
      [...accounts.values()]
        .filter((account) => account.wabaId === wabaId)
        .flatMap((account) => account.templates ?? []),
  };
}

function makeAccount(phoneNumberId: string, given: AccountOptions, defaultEndpoint: Endpoint): Account {
  const hasOwnEndpoint = given.webhookUrl !== undefined || given.appSecret !== undefined;
  return {
    phoneNumberId,
    wabaId: given.wabaId ?? `9${phoneNumberId}`,
    displayPhoneNumber: given.displayPhoneNumber ?? madeUpNumber(phoneNumberId),
    endpoint: hasOwnEndpoint ? ownEndpoint(given, defaultEndpoint) : defaultEndpoint,
    accessToken: given.accessToken,
    templates: given.templates,
  };
}

function ownEndpoint(given: AccountOptions, defaultEndpoint: Endpoint): Endpoint {
  return {
    get url() {
      return given.webhookUrl ?? defaultEndpoint.url;
    },
    appSecret: given.appSecret ?? defaultEndpoint.appSecret,
  };
}

/** Area code 555 belongs to nobody. */
function madeUpNumber(phoneNumberId: string): string {
  return `1555${phoneNumberId.replace(/\D/g, "").slice(-7).padStart(7, "0")}`;
}
