import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { restoreCell } from "./neutral-cell.ts";
import { MAX_RECORD_LENGTH, readRecords, type CsvRecord } from "./read-records.ts";
import { toCsv } from "./to-csv.ts";

function opened(bytes: Buffer, pieceLength: number): (from: number) => AsyncIterable<Buffer> {
  return async function* open(from) {
    for (let at = from; at < bytes.length; at += pieceLength) yield bytes.subarray(at, at + pieceLength);
  };
}

async function collect(from: AsyncIterable<CsvRecord>): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const record of from) records.push(record);
  return records;
}

function read(text: string | Buffer, pieceLength = 65_536): Promise<CsvRecord[]> {
  return collect(readRecords(opened(Buffer.from(text), pieceLength), ","));
}

const rows = (records: readonly CsvRecord[]): unknown[] =>
  records.map((record) => ("cells" in record ? record.cells : record.problem));

describe("rows", () => {
  test("are read with quotes, lines within cells, and any line end", async () => {
    const text = 'a,b\r\n"x ""q"" y","1\r\n2"\n\n \nz,3\r"last",4';
    for (const pieceLength of [1, 3, 1_000]) {
      expect(rows(await read(text, pieceLength))).toEqual([
        ["a", "b"],
        ['x "q" y', "1\r\n2"],
        ["z", "3"],
        ["last", "4"],
      ]);
    }
  });

  test("lose the space around cells, unless it is quoted", async () => {
    expect(rows(await read('  a , " b "\n'))).toEqual([["a", " b "]]);
  });

  test("have as many cells as they have", async () => {
    expect(rows(await read("a,b\n1\n1,2,3\n,\n"))).toEqual([["a", "b"], ["1"], ["1", "2", "3"], ["", ""]]);
  });

  test("there are none of nothing", async () => {
    expect(await read("")).toEqual([]);
    expect(await read("\n\r\n  \n")).toEqual([]);
  });

  test("whatever is written is read again, and from the end of a row on", async () => {
    const cells = fc.array(
      fc.string({ unit: "binary" }).map((text) => text.toWellFormed()),
      {
        minLength: 2,
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(cells, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 7, max: 99 }),
        async (table, n) => {
          const bytes = Buffer.from(table.map((row) => toCsv([[...row, "end"]])).join(""));
          const records = await collect(readRecords(opened(bytes, n), ","));
          const restored = records.map((record) => "cells" in record && record.cells.map(restoreCell));
          expect(restored).toEqual(table.map((row) => [...row, "end"]));
          const middle = Math.floor(records.length / 2);
          const begin = records[middle]?.end ?? 0;
          const rest = await collect(readRecords((from) => opened(bytes, n)(begin + from), ","));
          expect(rows(rest)).toEqual(rows(records.slice(middle + 1)));
        },
      ),
      { numRuns: 20 },
    );
  }, 30_000);
});

describe("what cannot be read costs its own row", () => {
  test.each([
    ["text behind a quote", '"b" c,2', "quotes"],
    ["a quote that is closed nowhere", '"b,2', "quotes"],
    ["a cell without end", `${"x".repeat(10 * 1024 * 1024)},2`, "too_long"],
  ])("%s", async (_what, line, problem) => {
    const text = `a,1\n${line}\nc,3\nd,4\n`;
    const records = await read(text, 100_000);
    expect(rows(records)).toEqual([["a", "1"], problem, ["c", "3"], ["d", "4"]]);
    expect(records.map(({ end }) => end).at(-1)).toBe(Buffer.byteLength(text));
  });

  test("empty lines in front of it make no other row of it", async () => {
    expect(rows(await read('a,1\n\n\r\n "b" c,2\nd,4\n'))).toEqual([["a", "1"], "quotes", ["d", "4"]]);
  });

  test("the file may end with it", async () => {
    expect(rows(await read('a,1\n"b'))).toEqual([["a", "1"], "quotes"]);
  });

  test("a quote that is closed too late takes the lines between along, and no more", async () => {
    const line = "x,2\n";
    const lines = Math.ceil(MAX_RECORD_LENGTH / line.length) + 10;
    const records = await read(`"a,1\n${line.repeat(lines)}"z,3\n`);
    expect(records).toHaveLength(lines + 2);
    expect(rows(records.slice(0, 2))).toEqual(["too_long", ["x", "2"]]);
  });
});
