import { describe, expect, test } from "vitest";
import { guessMapping } from "./guess-mapping.ts";

const fieldsOf = (...headers: string[]) => guessMapping(headers, []).map(({ field }) => field);

describe("columns are guessed by their headers", () => {
  test.each([
    ["English", ["First Name", "Last name", "E-Mail", "Phone number", "WhatsApp", "Customer ID", "Tags"]],
    [
      "French",
      ["Prénom", "Nom", "Adresse e-mail", "N° de téléphone", "Numéro WhatsApp", "Numéro client", "Étiquettes"],
    ],
    ["Spanish", ["Nombre", "Apellidos", "Correo electrónico", "Móvil", "WhatsApp", "Código de cliente", "Etiquetas"]],
    ["German", ["Vorname", "Nachname", "E-Mail-Adresse", "Handynummer", "WhatsApp", "Kundennummer", "Schlagwörter"]],
    ["Italian", ["Nome", "Cognome", "Posta elettronica", "Cellulare", "WhatsApp", "Codice cliente", "Etichette"]],
  ])("in %s", (_language, headers) => {
    expect(fieldsOf(...headers)).toEqual(["first_name", "last_name", "email", "phone", "whatsapp", "external", "tags"]);
  });

  test.each([["Nom"], ["Nombre"], ["Name"], ["Nome"], ["Nom complet"], ["Kunde"]])("%s alone is the name", (header) => {
    expect(fieldsOf(header, "Email")).toEqual(["name", "email"]);
  });

  test("beside a first name the name is the surname", () => {
    expect(fieldsOf("Vorname", "Name", "E-Mail")).toEqual(["first_name", "last_name", "email"]);
  });

  test("by what contacts are exported as", () => {
    expect(fieldsOf("name", "whatsapp_bsuid", "metadata", "attributes.tier", "metadata.shop")).toEqual([
      "name",
      "whatsapp_bsuid",
      "metadata",
      "attributes.tier",
      "metadata.shop",
    ]);
  });

  test("by the keys and labels of the company's own attributes", () => {
    const attributes = [{ key: "tier", label: "Customer tier" }];
    expect(guessMapping(["TIER"], attributes).map(({ field }) => field)).toEqual(["attributes.tier"]);
    expect(guessMapping(["customer Tier"], attributes).map(({ field }) => field)).toEqual(["attributes.tier"]);
  });

  test("of what a contact has several of, all; of the name, the first", () => {
    expect(fieldsOf("Email", "E-mail 2", "name", "name")).toEqual(["email", "email", "name", null]);
  });

  test.each([
    ["what contacts are exported as", "contactId"],
    ["English", "Parley contact ID"],
    ["French", "Identifiant Parley"],
    ["Spanish", "ID de contacto Parley"],
    ["German", "Parley-Kontakt-ID"],
    ["Italian", "ID contatto Parley"],
  ])("by ids of our own: %s", (_language, header) => {
    expect(fieldsOf(header, "Email")).toEqual(["contactId", "email"]);
  });

  test("but ids of contacts are other systems' unless they say that they are ours", () => {
    expect(fieldsOf("Contact ID", "ID contact", "Kontakt-ID", "Email")).toEqual([null, null, null, "email"]);
  });

  test("and what nobody knows stands for nothing", () => {
    expect(fieldsOf("", "id", "createdAt", "Lieblingsfarbe", "email")).toEqual([null, null, null, null, "email"]);
  });
});
