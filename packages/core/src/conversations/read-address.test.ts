import { expect, test } from "vitest";
import { addressTypesOf, readAddress } from "./read-address.ts";

test.each([
  ["+4915112345678", "+4915112345678"],
  ["4915112345678", "+4915112345678"],
  ["+1 (555) 078-3881", "+15550783881"],
])("%s is a WhatsApp number", (to, value) => {
  expect(readAddress("WHATSAPP", to)).toEqual({ type: "WHATSAPP", value });
});

test("a business-scoped user id is one", () => {
  expect(readAddress("WHATSAPP", "DE.13491208655302741918")).toEqual({
    type: "WHATSAPP_BSUID",
    value: "DE.13491208655302741918",
  });
});

test.each(["", "0151123456", "+12345", "1234567890123456", "somebody", "DE.", "de.123"])("%j is no address", (to) => {
  expect(() => readAddress("WHATSAPP", to)).toThrow(/must be a phone number/);
});

test("other channels cannot send to addresses yet", () => {
  expect(() => readAddress("EMAIL", "a@b.example")).toThrow(/cannot send to addresses yet/);
  expect(() => addressTypesOf("EMAIL")).toThrow(/cannot send to addresses yet/);
});

test.each(["+4915112345678", "DE.13491208655302741918"])("%s is of a type that WhatsApp sends to", (to) => {
  expect(addressTypesOf("WHATSAPP")).toContain(readAddress("WHATSAPP", to).type);
});
