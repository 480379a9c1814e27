import fc from "fast-check";
import { expect, test } from "vitest";
import { maskPersonalData } from "./mask-personal-data.ts";

const IBAN = "FR76 3000 6000 0112 3456 7890 189";
const CARD = "4111 1111 1111 1111";

test("e-mails, phones, cards and IBANs become placeholders, the same writing the same one", () => {
  const text = `a@b.fr, 06 12 34 56 78, ${IBAN} merci, ${CARD}; encore a@b.fr et c@d.fr`;
  const { masked, restore } = maskPersonalData(text);
  expect(masked).toBe("[EMAIL_1], [PHONE_1], [IBAN_1] merci, [CARD_1]; encore [EMAIL_1] et [EMAIL_2]");
  expect(restore(masked)).toBe(text);
});

test("an answer that was made from the masked text is restored as well", () => {
  const { restore } = maskPersonalData("mon adresse : a@b.fr");
  expect(restore("Nous écrirons à [EMAIL_1]. [EMAIL_9] [PHONE_1]")).toBe("Nous écrirons à a@b.fr. [EMAIL_9] [PHONE_1]");
});

test("placeholders that the text holds already stay what they are", () => {
  const { masked, restore } = maskPersonalData("[EMAIL_1] a@b.fr [EMAIL_3] c@d.fr e@f.fr");
  expect(masked).toBe("[EMAIL_1] [EMAIL_2] [EMAIL_3] [EMAIL_4] [EMAIL_5]");
  expect(restore(masked)).toBe("[EMAIL_1] a@b.fr [EMAIL_3] c@d.fr e@f.fr");
});

test.each([
  "402-1234567-1234567",
  "1Z999AA10123456784",
  "le 12/03/2026",
  "4111 1111 1111 1112",
  "FR76 3000 6000 0112 3456 7890 188",
  "12,50 €",
])("stays: %s", (text) => expect(maskPersonalData(text).masked).toBe(text));

test.each([
  ["sans espaces FR7630006000011234567890189.", "sans espaces [IBAN_1]."],
  ["de89 3704 0044 0532 0130 00", "[IBAN_1]"],
  ["carte 5500-0000-0000-0004", "carte [CARD_1]"],
  ["+447400123456", "[PHONE_1]"],
])("masked: %s", (text, masked) => expect(maskPersonalData(text).masked).toBe(masked));

test("restoring what was masked gives the text, whatever the text", () => {
  const pieces = fc.constantFrom(
    "a@b.fr",
    "c@d.fr",
    "06 12 34 56 78",
    "+33612345678",
    IBAN,
    CARD,
    "[EMAIL_1]",
    "[PHONE_2]",
    "[CARD_",
    "1]",
    "[",
    "]",
    " ",
    "$&",
    "é",
    "402-1234567-1234567",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(pieces, fc.string({ maxLength: 6 })), { maxLength: 24 }), (parts) => {
      const text = parts.join("");
      const { masked, restore } = maskPersonalData(text);
      expect(restore(masked)).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});

test("nothing of what is personal is left, if it stands alone", () => {
  const personal = fc.constantFrom("a@b.fr", "06 12 34 56 78", "+33612345678", IBAN, CARD);
  fc.assert(
    fc.property(fc.array(personal, { minLength: 1, maxLength: 8 }), (parts) => {
      const { masked } = maskPersonalData(parts.join(", "));
      for (const part of parts) expect(masked).not.toContain(part);
    }),
  );
});
