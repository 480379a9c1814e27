import { isIP, type BlockList } from "node:net";
import { ConfigError } from "../config.ts";
import { addressSet, familyOf } from "./public-address.ts";

/** Places that are reached although they are not public. */
export interface AllowList {
  /** `address` without brackets. */
  allowsAddress(address: string, port: number): boolean;
  /** A name that is allowed may stand for any address. */
  allowsName(name: string, port: number): boolean;
}

const PLACE = /^(?<host>\[[0-9a-f:.]+\]|[a-z0-9._-]+):(?<port>\d{1,5})$/i;

/**
 * Reads entries such as `127.0.0.1:4010`, `[::1]:4010`, `simulator:4010` (this port only) and `10.20.0.0/16` (any port).
 * Throws a ConfigError that names an entry that is none.
 */
export function parseAllowList(entries: readonly string[]): AllowList {
  const names = new Set<string>();
  const anyPort: BlockList[] = [];
  const onePort: { port: number; addresses: BlockList }[] = [];

  for (const entry of entries) {
    if (entry.includes("/")) {
      anyPort.push(readNetwork(entry, entry));
      continue;
    }
    const { host, port } = readPlace(entry);
    const address = withoutBrackets(host);
    if (isIP(address) === 0) names.add(`${host}:${port}`);
    else onePort.push({ port, addresses: readNetwork(`${address}/${isIP(address) === 6 ? 128 : 32}`, entry) });
  }

  return {
    allowsAddress(address, port) {
      if (isIP(address) === 0 || address.includes("%")) return false;
      const isIn = (addresses: BlockList): boolean => addresses.check(address, familyOf(address));
      return anyPort.some(isIn) || onePort.some((place) => place.port === port && isIn(place.addresses));
    },
    allowsName: (name, port) => names.has(`${name.toLowerCase()}:${port}`),
  };
}

/** `[::1]`, as URLs write it, is the address `::1`. */
export function withoutBrackets(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1) : host;
}

function readPlace(entry: string): { host: string; port: number } {
  const { host, port } = PLACE.exec(entry)?.groups ?? {};
  if (host === undefined || Number(port) > 65_535) throw notAnEntry(entry);
  return { host: host.toLowerCase(), port: Number(port) };
}

function readNetwork(network: string, entry: string): BlockList {
  if (!/^[^/]+\/\d{1,3}$/.test(network)) throw notAnEntry(entry);
  try {
    return addressSet([network]);
  } catch {
    throw notAnEntry(entry);
  }
}

function notAnEntry(entry: string): ConfigError {
  return new ConfigError(`"${entry}" is neither host:port nor address/bits: write 127.0.0.1:4010 or 10.20.0.0/16`);
}
