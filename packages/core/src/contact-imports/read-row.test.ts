import { expect, describe, test } from "vitest";
import { readRow, RowRefusal, type ContactRow } from "./read-row.ts";

const attributes = new Map([
  ["tier", { type: "CHOICE", options: ["gold", "silver"] }],
  ["age", { type: "NUMBER", options: [] }],
  ["known", { type: "BOOLEAN", options: [] }],
] as const);

function read(row: Record<string, string>, country: string | null = null): ContactRow | string {
  const columns = Object.keys(row).map((field) => ({ header: field, field }));
  try {
    return readRow(Object.values(row), { columns, attributes, country });
  } catch (error) {
    if (error instanceof RowRefusal) return error.message;
    throw error;
  }
}

const NO_ID =
  "contactId: must be an id that Parley gave to a contact, as exports have it; map a column of another system's ids to external";

describe("a row", () => {
  test("is read as its columns say", () => {
    expect(
      read({
        name: "Customer One",
        email: "One@Customers.Example, second@customers.example",
        phone: "'+49 151 12345678",
        tags: "vip;new, vip",
        "attributes.tier": "gold",
        "attributes.age": "41",
        "attributes.known": "true",
        metadata: '{"shop":"north"}',
        "metadata.number": "0815",
      }),
    ).toEqual({
      contactId: null,
      name: "Customer One",
      identifiers: [
        { type: "EMAIL", value: "one@customers.example" },
        { type: "EMAIL", value: "second@customers.example" },
        { type: "PHONE", value: "+4915112345678" },
      ],
      tags: ["vip", "new"],
      attributes: { tier: "gold", age: 41, known: true },
      metadata: { shop: "north", number: "0815" },
    });
  });

  test("has a name of two parts, or of the one that there is", () => {
    const email = "one@customers.example";
    expect(read({ first_name: "Customer", last_name: "One", email })).toMatchObject({ name: "Customer One" });
    expect(read({ first_name: "", last_name: "One", email })).toMatchObject({ name: "One" });
    expect(read({ name: "", email })).toMatchObject({ name: null });
  });

  test("needs nothing else to be known by if it has the id of a contact", () => {
    const id = "019A9D5E-0000-7abc-8def-0123456789ab";
    expect(read({ contactId: ` ${id} `, name: "A" })).toMatchObject({ contactId: id.toLowerCase(), identifiers: [] });
  });

  test("has numbers of the company's country, if they name none", () => {
    expect(read({ phone: "0151 12345678" }, "DE")).toMatchObject({ identifiers: [{ value: "+4915112345678" }] });
    expect(read({ phone: "0151 12345678" })).toMatch(/^phone: must begin with \+/);
  });

  test.each([
    [
      { name: "Nobody" },
      "has no e-mail, phone or other identifier, and no contactId: add one by which the contact is recognised",
    ],
    [{ contactId: "4711", email: "a@b.example" }, NO_ID],
    [{ contactId: crypto.randomUUID(), email: "a@b.example" }, NO_ID],
    [{ email: "nobody" }, "email: must be an e-mail address, like name@example.com"],
    [{ email: "a@b.example", name: "A\0" }, "name: holds a NUL, which cannot be stored"],
    [{ email: "a@b.example", name: "x".repeat(1_001) }, "name: must be at most 1000 characters"],
    [{ email: "a@b.example", tags: "x".repeat(81) }, "tags: must be lines of at most 80 characters"],
    [{ email: "a@b.example", "attributes.tier": "bronze" }, "attributes.tier: must be one of gold, silver"],
    [{ email: "a@b.example", "attributes.age": "old" }, "attributes.age: must be a number"],
    [{ email: "a@b.example", "attributes.gone": "1" }, "attributes.gone: contacts do not have this attribute any more"],
    [{ email: "a@b.example", metadata: "[]" }, "metadata: must be a JSON object"],
    [{ email: "a@b.example", metadata: '{"a":[[[[[[[[1]]]]]]]]}' }, "metadata: must be nested at most 8 deep"],
    [
      { email: "a@b.example", metadata: '{"a":"\\u0000"}' },
      "metadata: must be well-formed text without NUL characters",
    ],
  ] as [Record<string, string>, string][])("%j is refused: %s", (row, reason) => {
    expect(read(row)).toBe(reason);
  });
});

test("a row with more or fewer cells than the header is refused, unless those beyond are empty", () => {
  const columns = ["email", "name"].map((field) => ({ header: field, field }));
  const reading = { columns, attributes, country: null };
  expect(() => readRow(["a@b.example"], reading)).toThrow("has 1 cells, and the header has 2");
  expect(() => readRow(["a@b.example", "A", "B"], reading)).toThrow("has 3 cells, and the header has 2");
  expect(readRow(["a@b.example", "A", "", ""], reading)).toMatchObject({ name: "A" });
});

test("a key that every object has is one like others", () => {
  const columns = [
    { header: "e", field: "email" },
    { header: "m", field: "metadata.__proto__" },
  ];
  const { metadata } = readRow(["a@b.example", "x"], { columns, attributes, country: null });
  expect(Object.entries(metadata)).toEqual([["__proto__", "x"]]);
  const whole = [
    { header: "e", field: "email" },
    { header: "m", field: "metadata" },
  ];
  const row = readRow(["a@b.example", '{"__proto__":{"a":1}}'], { columns: whole, attributes, country: null });
  expect(Object.entries(row.metadata)).toEqual([["__proto__", { a: 1 }]]);
});
