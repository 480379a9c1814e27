import { describe, expect, test } from "vitest";
import { isPublicAddress } from "./public-address.ts";

describe("what is not public", () => {
  test.each([
    ["this host", "0.0.0.0", "0.255.255.255"],
    ["private", "10.0.0.0", "10.255.255.255"],
    ["private", "172.16.0.0", "172.31.255.255"],
    ["private", "192.168.0.0", "192.168.255.255"],
    ["carriers' NAT", "100.64.0.0", "100.127.255.255"],
    ["loopback", "127.0.0.1", "127.255.255.255"],
    ["link-local, with clouds' metadata", "169.254.0.0", "169.254.169.254"],
    ["IETF protocols", "192.0.0.0", "192.0.0.255"],
    ["documentation", "192.0.2.1", "203.0.113.255"],
    ["benchmarks", "198.18.0.0", "198.19.255.255"],
    ["multicast", "224.0.0.0", "239.255.255.255"],
    ["reserved and broadcast", "240.0.0.0", "255.255.255.255"],
    ["unspecified and loopback", "::", "::1"],
    ["IPv4 in IPv6", "::ffff:127.0.0.1", "::ffff:8.8.8.8"],
    ["IPv4 in IPv6, deprecated", "::127.0.0.1", "::8.8.8.8"],
    ["NAT64", "64:ff9b::7f00:1", "64:ff9b:1::1"],
    ["Teredo and IETF protocols", "2001::1", "2001:1ff:ffff::"],
    ["documentation", "2001:db8::1", "3fff::1"],
    ["6to4", "2002:7f00:1::", "2002:ffff:ffff:ffff::1"],
    ["unique local", "fc00::1", "fdff:ffff::1"],
    ["link-local", "fe80::1", "febf::1"],
    ["an interface of this machine", "fe80::1%eth0", "2606:4700::1%eth0"],
    ["multicast", "ff02::1", "ffff::1"],
    ["no address at all", "localhost", ""],
  ])("%s: %s, %s", (_what, first, last) => {
    expect(isPublicAddress(first)).toBe(false);
    expect(isPublicAddress(last)).toBe(false);
  });
});

test.each([
  "1.1.1.1",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "2001:200::1",
  "2003::1",
  "2606:4700:4700::1111",
])("%s, on the other side of a border, is public", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});
