import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { exportImportErrors } from "./export-import-errors.ts";
import { openImportDeskForEachTest, type ImportDesk } from "./import-desk.fixture.ts";

let desk: ImportDesk;
openImportDeskForEachTest((opened) => {
  desk = opened;
});

const names = async () => {
  const contacts = await desk.read((tx) => tx.contact.findMany({ select: { name: true }, orderBy: { id: "asc" } }));
  return contacts.map(({ name }) => name);
};

async function errorsOf(id: string): Promise<string> {
  let csv = "";
  for await (const piece of await exportImportErrors(desk.as(), { id })) csv += piece;
  return csv;
}

const tagsOf = (letter: string) => Array.from({ length: 30 }, (_none, index) => `${letter}${index}`).join(";");

async function* broken(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from("email\na@b.example\n"));
  throw new Error("the connection is gone");
}

describe("a file is read", () => {
  test.each([
    [
      "UTF-8 with a byte order mark",
      iconv.encode("E-mail;Name\r\na@b.example;Zoë €\r\n", "utf-8", { addBOM: true }),
      "utf-8",
    ],
    ["Latin-1", Buffer.from("E-mail;Name\r\na@b.example;Zoë\r\n", "latin1"), "windows-1252"],
    ["Windows-1252", iconv.encode("E-mail;Name\r\na@b.example;Zoë €\r\n", "windows-1252"), "windows-1252"],
    ["UTF-16", iconv.encode("E-mail\tName\r\na@b.example\tZoë €\r\n", "utf-16le", { addBOM: true }), "utf-16le"],
    [
      "UTF-16, big end first",
      iconv.encode("E-mail\tName\r\na@b.example\tZoë\r\n", "utf-16be", { addBOM: true }),
      "utf-16be",
    ],
  ])("in %s", async (_what, bytes, encoding) => {
    expect(await desk.take(bytes)).toMatchObject({ status: "done", created: 1, encoding });
    expect((await names())[0]).toMatch(/^Zoë/);
  });

  test("in UTF-16 over many chunks, with characters of two halves", async () => {
    const rows = Array.from({ length: 3_000 }, (_none, index) => `${index}\t😀${"é".repeat(100 + (index % 7))}`);
    const done = await desk.take(iconv.encode(`external\tname\n${rows.join("\n")}\n`, "utf-16le", { addBOM: true }));
    expect(done).toMatchObject({ status: "done", rows: 3_000, created: 3_000, failed: 0 });
    expect((await names()).every((name) => /^😀é{100,106}$/u.test(name ?? ""))).toBe(true);
  });

  test("with quotes, lines within cells and formulas", async () => {
    const csv = 'email,name\r\na@b.example,"The ""Boss""\r\nhimself"\r\nc@b.example,\'=1+1\r\nd@b.example,=2+2\r\n';
    expect(await desk.take(csv)).toMatchObject({ created: 3, failed: 0 });
    expect(await names()).toEqual(['The "Boss"\r\nhimself', "=1+1", "=2+2"]);
  });

  test("with two columns of one name", async () => {
    const done = await desk.take("email,email,name,name\na@b.example,b@b.example,A,B\n");
    expect(done.columns.map(({ field }) => field)).toEqual(["email", "email", "name", null]);
    const [contact] = await desk.contacts();
    expect(contact).toMatchObject({ name: "A", identifiers: [{ value: "a@b.example" }, { value: "b@b.example" }] });
  });

  test("with a line that names its separator", async () => {
    expect(await desk.take("sep=;\r\nemail;name\r\na@b.example;A, B\r\n")).toMatchObject({ created: 1 });
    expect(await names()).toEqual(["A, B"]);
  });

  test("with a thousand columns", async () => {
    const headers = ["email", ...Array.from({ length: 999 }, (_none, index) => `metadata.k${index}`)];
    const csv = `${headers.join(",")}\na@b.example,${"1,".repeat(998)}1\n`;
    const done = await desk.take(csv);
    expect(done).toMatchObject({ created: 1, failed: 0 });
    expect(done.columns).toHaveLength(1_000);
  });

  test("with a header alone", async () => {
    expect(await desk.take("email,name\n")).toMatchObject({ status: "done", rows: 0, progress: 1 });
    expect(await desk.take("email,name")).toMatchObject({ status: "done", rows: 0 });
  });
});

describe("a row that cannot be taken is told of, and the others are taken", () => {
  test.each([
    ["too few cells", "b@b.example", "has 1 cells, and the header has 2"],
    ["too many cells", "b@b.example,B,C", "has 3 cells, and the header has 2"],
    ["a NUL", "b@b.example,B\0", "name: holds a NUL, which cannot be stored"],
    ["a stray quote", '"b"@b.example,B', "cannot be read: a quote stands where it must not, or is closed nowhere"],
    ["a quote without end", '"b@b.example,B', "cannot be read: a quote stands where it must not, or is closed nowhere"],
    [
      "a cell of 10 MB",
      `b@b.example,${"x".repeat(10 * 1024 * 1024)}`,
      "cannot be read: it has more than 262144 characters, or a quote that is closed nowhere",
    ],
  ])("%s", async (_what, line, reason) => {
    const done = await desk.take(`email,name\na@b.example,A\n${line}\nc@b.example,C\n`);
    expect(done).toMatchObject({ status: "done", rows: 3, created: 2, failed: 1 });
    expect(done.firstErrors).toEqual([{ row: 3, reason }]);
    expect(await names()).toEqual(["A", "C"]);
  });

  test("values that are nested deeper than a stack goes", async () => {
    const deep = `{""a"":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
    const done = await desk.take(`email,metadata\na@b.example,"${deep}"\nc@b.example,"{""b"":1}"\n`);
    expect(done).toMatchObject({ status: "done", created: 1, failed: 1 });
    expect(done.firstErrors).toEqual([{ row: 2, reason: "metadata: must be nested at most 8 deep" }]);
  });

  test("what would make a contact grow without end, and nothing that it brings", async () => {
    const csv = `email,external,tags\na@b.example,1,${tagsOf("a")}\na@b.example,2,${tagsOf("b")}\nc@b.example,2,\n`;
    const done = await desk.take(csv);
    expect(done).toMatchObject({ created: 2, updated: 0, failed: 1 });
    expect(done.firstErrors).toEqual([{ row: 3, reason: "tags: the contact would have more than 50" }]);
    const contacts = await desk.contacts();
    expect(contacts.map(({ identifiers }) => identifiers.map(({ value }) => value))).toEqual([
      ["a@b.example", "1"],
      ["c@b.example", "2"],
    ]);
  });

  test("a file that is cut off ends with it", async () => {
    const done = await desk.take('email,name\na@b.example,A\nb@b.example,"B');
    expect(done).toMatchObject({ status: "done", created: 1, failed: 1 });
  });

  test("and what is no CSV at all ends as a whole", async () => {
    const done = await desk.take(`email\n${'"a"b"\n'.repeat(1_200)}`);
    expect(done).toMatchObject({ status: "failed", created: 0, reason: expect.stringMatching(/is this a CSV/) });
    expect(done.rows).toBeLessThan(1_200);
  });

  test("as CSV under the file's own header, without formulas, to be put right and sent again", async () => {
    const done = await desk.take("email,Name,Other\nnobody,=1+1,'@x\nb@b.example,B\nA@b.example,A\0,\n");
    const csv = await errorsOf(done.id);
    expect(csv.split("\r\n")).toEqual([
      "email,Name,Other,row,error",
      `nobody,'=1+1,''@x,2,"email: must be an e-mail address, like name@example.com"`,
      `b@b.example,B,,3,"has 2 cells, and the header has 3"`,
      `A@b.example,A\u2400,,4,"name: holds a NUL, which cannot be stored"`,
      "",
    ]);
    const again = await desk.take(csv.replace("nobody", "now@b.example"));
    expect(again).toMatchObject({ created: 3, failed: 0 });
    expect(await names()).toEqual(["=1+1", "B", "A\u2400"]);
  });
});

describe("a file is refused at once", () => {
  test.each([
    ["without a byte", "", "csv"],
    ["without a line", "\n\n", "csv"],
    ["whose header has no end", `"email${"x".repeat(300_000)}`, "csv"],
    ["by which nobody is known", "Colour,Name\nred,A\n", "mapping"],
  ])("%s", async (_what, csv, path) => {
    await expect(desk.send(csv)).rejects.toMatchObject({ code: "validation_failed", fields: [{ path }] });
    expect(await desk.read((tx) => tx.contactImport.count())).toBe(0);
  });

  test("while many others are arriving", async () => {
    const arriving = Array.from({ length: 8 }, () => ({
      tenantId: desk.tenantId,
      id: crypto.randomUUID(),
      isDryRun: false,
      onMatch: "UPDATE" as const,
      createdBy: desk.manager,
    }));
    await desk.read((tx) => tx.contactImport.createMany({ data: arriving }));
    await expect(desk.send("email\na@b.example\n")).rejects.toMatchObject({ code: "conflict" });
  });

  test("when it ends before it has arrived", async () => {
    await expect(desk.send(broken())).rejects.toThrow("the connection is gone");
    expect(await desk.read((tx) => tx.contactImport.count())).toBe(0);
  });
});
