import { isProblem } from "./parley-error.ts";

/** A token, or how to get the one of now. */
export type AccessToken = string | (() => string | Promise<string>);

/** Who is asking: somebody who is signed in, a program, or (to sign in) nobody yet. */
export type Credentials =
  | {
      /** From `POST /auth/login`. */
      accessToken: AccessToken;
      /**
       * Called when the access token has expired; returns the next one. It exchanges the refresh token, with
       * `POST /auth/refresh`, and keeps the new one, because each is good for one exchange.
       */
      refresh?: () => Promise<string>;
      apiKey?: never;
    }
  | { apiKey: string; accessToken?: never; refresh?: never }
  | { apiKey?: never; accessToken?: never; refresh?: never };

export type Fetch = (request: Request) => Promise<Response>;

/**
 * A fetch that says who is asking. A request that is refused because its access token has expired is sent once more, after
 * `refresh`; requests that are refused at the same time wait for the same refresh.
 */
export function createAuthorizedFetch(credentials: Credentials, fetch: Fetch): Fetch {
  const { apiKey, accessToken, refresh } = credentials;
  let refreshed: string | undefined;
  let refreshing: Promise<string> | undefined;

  const currentToken = async (): Promise<string | undefined> =>
    refreshed ?? (typeof accessToken === "function" ? accessToken() : accessToken);

  async function nextToken(refused: string | undefined, next: () => Promise<string>): Promise<string> {
    const current = await currentToken();
    // Another request that was refused has seen to it meanwhile.
    if (current !== undefined && current !== refused) return current;
    refreshing ??= next().finally(() => (refreshing = undefined));
    return (refreshed = await refreshing);
  }

  return async (request) => {
    if (apiKey !== undefined) request.headers.set("x-api-key", apiKey);
    const token = await currentToken();
    if (token === undefined) return fetch(request);
    // A body can be read once only.
    const again = refresh && !isExchange(request) ? request.clone() : undefined;
    const response = await fetch(withToken(request, token));
    if (!refresh || !again || !(await hasExpired(response))) return response;
    return fetch(withToken(again, await nextToken(token, refresh)));
  };
}

/** If this is refused there is nothing to refresh with: waiting for the refresh would be waiting for itself. */
function isExchange(request: Request): boolean {
  return new URL(request.url).pathname.endsWith("/auth/refresh");
}

/** A wrong password is 401 as well, and no better for another token. */
async function hasExpired(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return isProblem(response, body) && body.code === "unauthenticated";
}

function withToken(request: Request, token: string): Request {
  request.headers.set("authorization", `Bearer ${token}`);
  return request;
}
