import { isIP } from "node:net";
import { parseAllowList, withoutBrackets, type AllowList } from "./allow-list.ts";
import { OutboundError } from "./outbound-error.ts";
import { isPublicAddress } from "./public-address.ts";

/** Names that are never on the internet (RFC 6761, RFC 6762, ICANN's `internal`), each with all that is under it. */
const LOCAL_NAMES = ["localhost", "local", "internal", "home.arpa"];

/**
 * Checks a URL that a customer gave, when it is saved, without asking DNS: http or https, no user or password in it, and
 * no address or name that is this machine's or a private network's. What its name stands for is checked at each request.
 * Returns the URL, or throws an OutboundError (`invalid_url`, `scheme_refused`, `address_refused`) whose message may be
 * shown. `allowPrivate` as for `createGuardedFetch`.
 */
export function assertPublicUrl(url: string | URL, allowPrivate: readonly string[] = []): URL {
  return checkUrl(url, parseAllowList(allowPrivate));
}

export function checkUrl(given: string | URL, allowList: AllowList): URL {
  const url = URL.parse(String(given));
  if (!url) {
    throw new OutboundError("invalid_url", "This is not a URL: write it whole, such as https://api.example.com/v1.");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new OutboundError("scheme_refused", "Only URLs that begin with https:// or http:// are called.");
  }
  if (url.username !== "" || url.password !== "") {
    throw new OutboundError(
      "invalid_url",
      "A URL must not hold a user or password: put the secret where it is asked for.",
    );
  }
  if (!isReachable(url, allowList)) throw addressRefused();
  return url;
}

/** The port of a URL, written or implied. */
export function portOf(url: { port: string; protocol: string }): number {
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

export function addressRefused(): OutboundError {
  return new OutboundError(
    "address_refused",
    "This address belongs to a private or reserved network: use one that is public.",
  );
}

function isReachable(url: URL, allowList: AllowList): boolean {
  const host = withoutBrackets(url.hostname);
  if (isIP(host) !== 0) return isPublicAddress(host) || allowList.allowsAddress(host, portOf(url));
  return !isLocalName(host) || allowList.allowsName(host, portOf(url));
}

function isLocalName(host: string): boolean {
  const name = host.replace(/\.$/, "");
  // Without a dot it is a name of the own network.
  return !name.includes(".") || LOCAL_NAMES.some((local) => name === local || name.endsWith(`.${local}`));
}
