import type { LookupAddress } from "node:dns";
import { lookup as systemLookup } from "node:dns/promises";
import { isIP, type LookupFunction } from "node:net";
import { buildConnector } from "undici";
import { withoutBrackets, type AllowList } from "./allow-list.ts";
import { addressRefused, portOf } from "./assert-public-url.ts";
import { isPublicAddress } from "./public-address.ts";

/** All addresses that a name stands for. */
export type Lookup = (name: string) => Promise<LookupAddress[]>;

const lookUpAll: Lookup = (name) => systemLookup(name, { all: true });

/**
 * Opens connections for undici, to public addresses and allowed places only. The check is a part of the look-up that the
 * socket itself makes, so what is connected is what was checked: a name that answers differently the next time gains
 * nothing. Literal addresses are not looked up, and are checked here.
 */
export function createGuardedConnect(options: {
  allowList: AllowList;
  connectTimeoutMs: number;
  lookup?: Lookup;
}): buildConnector.connector {
  const { allowList, connectTimeoutMs, lookup = lookUpAll } = options;

  return (target, callback) => {
    const port = portOf(target);
    const host = withoutBrackets(target.hostname);
    const isAllowed = (address: string): boolean =>
      isPublicAddress(address) || allowList.allowsAddress(address, port) || allowList.allowsName(host, port);

    if (isIP(host) !== 0 && !isAllowed(host)) {
      callback(addressRefused(), null);
      return;
    }
    const connect = buildConnector({
      timeout: connectTimeoutMs,
      allowH2: false,
      lookup: filterLookup(lookup, isAllowed),
    });
    connect(target, callback);
  };
}

function filterLookup(lookup: Lookup, isAllowed: (address: string) => boolean): LookupFunction {
  return (name, options, answer) => {
    lookup(name).then(
      (found) => {
        const [first, ...others] = found.filter(({ address }) => isAllowed(address));
        if (!first) answer(addressRefused(), "");
        else if (options.all) answer(null, [first, ...others]);
        else answer(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => answer(error, ""),
    );
  };
}
