import fc from "fast-check";
import { expect, test } from "vitest";
import { findEntities, type EntityHints } from "./find-entities.ts";

/** `type value` of each finding, with the marketplace or carrier behind it. */
function found(text: string, hints?: EntityHints): string[] {
  return findEntities(text, hints).map((entity) => {
    const whose =
      entity.type === "order_number"
        ? entity.marketplace
        : entity.type === "tracking_number"
          ? entity.carrier
          : undefined;
    return [entity.type, entity.value, whose].filter(Boolean).join(" ");
  });
}

test.each([
  ["cmd 402-1234567-1234567 svp", "order_number 402-1234567-1234567 amazon"],
  ["M2022080713464 non reçue", "order_number M2022080713464 manomano"],
  ["Réf. 2301010000abcde", "order_number 2301010000ABCDE cdiscount"],
  ["about ORD-1-A", "order_number ORD-1-A mirakl"],
])("an order number with a shape of its own is found anywhere: %s", (text, expected) => {
  expect(found(text)).toEqual([expected]);
});

test.each([
  ["ma commande n° 12345678", "order_number 12345678"],
  ["Commande Back Market : 4587123", "order_number 4587123"],
  ["order #FR-99812", "order_number FR-99812"],
  ["le suivi de ma commande 88123456", "order_number 88123456"],
])("another needs the word before it: %s", (text, expected) => expect(found(text)).toEqual([expected]));

test("the channel says whose a number without a shape is, and nothing else does", () => {
  expect(found("commande 4587123", { channel: "BACKMARKET" })).toEqual(["order_number 4587123 backmarket"]);
  expect(found("commande 4587123", { channel: "whatsapp" })).toEqual(["order_number 4587123"]);
});

test.each([
  "j'en ai 12345678 raisons",
  "Commande du 12/03/2026 à 14:30",
  "la commande de 2026",
  "M20221332713464",
  "2313410000ABCDE",
  "ref 612345678",
  "le 01/02/2026",
])("is no entity: %s", (text) => expect(found(text)).toEqual([]));

test.each([
  ["1Z999AA10123456784", "tracking_number 1Z999AA10123456784 ups"],
  ["colis 8L01234567895", "tracking_number 8L01234567895 colissimo"],
  ["RR473124829GB", "tracking_number RR473124829GB"],
  ["JJD0099999999", "tracking_number JJD0099999999 dhl"],
  ["DPD 05102345678901", "tracking_number 05102345678901 dpd"],
  ["Mondial Relay n° 12345678", "tracking_number 12345678 mondial_relay"],
  ["Chronopost : XW123456789TS", "tracking_number XW123456789TS chronopost"],
  ["DHL 3318810025", "tracking_number 3318810025 dhl"],
  ["numéro de suivi : 6A12345678901", "tracking_number 6A12345678901"],
])("tracking number: %s", (text, expected) => expect(found(text)).toEqual([expected]));

test.each(["6A12345678901", "1Z999AA10123456785", "RR473124820GB", "05102345678901", "DHL 3318810026"])(
  "a wrong check digit, or no word before it, makes it none: %s",
  (text) => expect(found(text).filter((entity) => entity.startsWith("tracking"))).toEqual([]),
);

test.each([
  ["Ecrivez à Client.Ligne+1@Exemple.FR.", ["email client.ligne+1@exemple.fr"]],
  ["a@b", []],
  ["@exemple.fr et x@-y.fr", []],
])("e-mail: %s", (text, expected) => expect(found(text)).toEqual(expected));

test.each([
  ["06 12 34 56 78", "phone +33612345678"],
  ["tel:0612345678", "phone +33612345678"],
  ["06.12.34.56.78", "phone +33612345678"],
  ["06-12-34-56-78", "phone +33612345678"],
  ["+33 (0)6 12 34 56 78", "phone +33612345678"],
  ["0033612345678", "phone +33612345678"],
  ["call +44 20 7946 0958", "phone +442079460958"],
])("phone: %s", (text, expected) => expect(found(text)).toEqual([expected]));

test("a phone number without a country is read as the region writes it", () => {
  expect(found("612 345 678", { region: "ES" })).toEqual(["phone +34612345678"]);
  expect(found("612 345 678", { region: "FR" })).toEqual([]);
});

test("a phone number is no order number, even after the word", () => {
  expect(found("commande 0612345678")).toEqual(["phone +33612345678"]);
  expect(found("commande 12345 06 12 34 56 78")).toEqual(["order_number 12345", "phone +33612345678"]);
  expect(found("06 12 34 56 78 06 98 76 54 32")).toEqual(["phone +33612345678", "phone +33698765432"]);
});

test("amounts are minor units with a currency", () => {
  const text = "12,50 € EUR 1 200,00 $99.99 £1,234.56 12€50 1.200 € 15 euros 3 000 EUR CHF 5";
  expect(found(text)).toEqual([
    "amount 12.50 EUR",
    "amount 1200.00 EUR",
    "amount 99.99 USD",
    "amount 1234.56 GBP",
    "amount 12.50 EUR",
    "amount 1200.00 EUR",
    "amount 15.00 EUR",
    "amount 3000.00 EUR",
    "amount 5.00 CHF",
  ]);
  expect(findEntities("remboursez 0,99€")[0]).toMatchObject({ minorUnits: 99, currency: "EUR", text: "0,99€" });
  expect(found("commande de 15000 euros")).toEqual(["amount 15000.00 EUR"]);
  expect(found("le 06 12 €")).toEqual(["amount 12.00 EUR"]);
});

test("findings never overlap, and stand where they say, whatever the text", () => {
  const pieces = fc.constantFrom(
    "commande n° ",
    "suivi ",
    "402-1234567-1234567",
    "06 12 34 56 78",
    "+33 6",
    "a@b.fr",
    "12,50",
    "€",
    " EUR ",
    "1Z999AA10123456784",
    "é",
    "\u{1f621}",
    " ",
    "-",
    "4587123",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 4 })), { maxLength: 20 }), (parts) => {
      const text = parts.join("");
      let end = 0;
      for (const entity of findEntities(text)) {
        expect(entity.start).toBeGreaterThanOrEqual(end);
        expect(text.slice(entity.start, entity.end)).toBe(entity.text);
        end = entity.end;
      }
    }),
  );
});
