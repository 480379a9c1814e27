import { describe, expect, test } from "vitest";
import { networkOf } from "./network-of.ts";

describe("one address is", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::1", "0:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["2001:DB8:0:1::", "2001:db8:0:1::/64"],
    ["2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"],
    ["2001:0db8:0000:0001:ffff::9", "2001:db8:0:1::/64"],
    ["2001:db8::1:2:3:4:5", "2001:db8:0:1::/64"],
  ])("%s: %s", (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  test("not one of the next /64", () => {
    expect(networkOf("2001:db8:0:2::1")).not.toBe(networkOf("2001:db8:0:1::1"));
  });
});
