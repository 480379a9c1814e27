import { BlockList, isIP } from "node:net";

/** IPv4 that is not the public internet: IANA's special-purpose registry, multicast, and what is reserved. */
const NOT_PUBLIC_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];

/**
 * Only 2000::/3 is given out for the public internet, so everything else is refused without being listed: `::`, `::1`,
 * IPv4 in IPv6 (::ffff:0:0/96), NAT64 (64:ff9b::/96), fc00::/7, fe80::/10, ff00::/8.
 */
const GLOBAL_IPV6 = "2000::/3";
/** Special within it: IETF protocols with Teredo, documentation, 6to4, which hides an IPv4 address. */
const NOT_PUBLIC_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const notPublic = addressSet([...NOT_PUBLIC_IPV4, ...NOT_PUBLIC_IPV6]);
const globalIpv6 = addressSet([GLOBAL_IPV6]);

/** True for an address (no name, no brackets) that anybody on the internet may own. */
export function isPublicAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) names an interface of this machine.
  if (address.includes("%")) return false;
  switch (isIP(address)) {
    case 4:
      return !notPublic.check(address, "ipv4");
    case 6:
      return globalIpv6.check(address, "ipv6") && !notPublic.check(address, "ipv6");
    default:
      return false;
  }
}

/** The addresses of these networks, each as `address/bits`. Throws when one is none. */
export function addressSet(networks: readonly string[]): BlockList {
  const set = new BlockList();
  for (const network of networks) {
    const [address = "", bits = ""] = network.split("/");
    set.addSubnet(address, Number(bits), familyOf(address));
  }
  return set;
}

export function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
