import { extractText, getDocumentProxy } from "unpdf";
import { describe, expect, test } from "vitest";
import { createInvoicePrinter } from "./invoice-printer.ts";
import { toInvoiceCsv } from "./invoice-csv.ts";
import { issuedInvoice } from "./invoice.fixture.ts";
import { renderInvoiceHtml } from "./render-html.ts";
import type { InvoiceJson } from "./schemas.ts";

const named = (name: string): InvoiceJson => {
  const invoice = issuedInvoice();
  return { ...invoice, company: { ...invoice.company, name } };
};

const printer = createInvoicePrinter();

async function readPdf(invoice: InvoiceJson): Promise<string[]> {
  const bytes = await printer.pdf(invoice);
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(bytes)));
  return text;
}

describe("as a page", () => {
  test("an invoice shows its lines, sums and days in the company's zone", async () => {
    const html = await renderInvoiceHtml(issuedInvoice());
    for (const text of [
      "example-shop-2026-03",
      "Mar 1, 2026 – Mar 31, 2026",
      "Tickets opened",
      "1,034",
      "€258.50",
      "€0.003 per 1,000",
      "Recharge of tickets",
      "Mar 20, 2026",
      "€392.65",
    ]) {
      expect(html).toContain(text);
    }
  });

  test("what people wrote is text", async () => {
    const html = await renderInvoiceHtml(named(`<script>alert("x")</script> & 'Co'`));
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; &#39;Co&#39;");
  });

  test("it needs nothing from elsewhere", async () => {
    expect(await renderInvoiceHtml(issuedInvoice())).not.toMatch(/src=|href=|url\(|@import|https?:/);
  });
});

describe("as a PDF", () => {
  test("its text can be read, in the letters of Europe and with every sign of money", async () => {
    const name = "Žluťoučký kůň & Söhne – Ελλάς, Москва ₤ ₹ €";
    const [sheet] = await readPdf(named(name));
    for (const text of [name, "Tickets opened", "1,034", "€258.50", "€392.65"]) expect(sheet).toContain(text);
  });

  test("what does not fit on one sheet is on the next, under the same heads, and each has its number", async () => {
    const invoice = issuedInvoice();
    const [, line] = invoice.lines;
    const lines = Array.from({ length: 90 }, (_each, index) => ({ ...(line ?? fail()), position: index + 1 }));
    const sheets = await readPdf({ ...invoice, lines });
    expect(sheets.length).toBeGreaterThan(2);
    for (const [place, sheet] of sheets.slice(0, -1).entries()) {
      expect(sheet).toContain("Unit price");
      expect(sheet).toContain(`${place + 1} of ${sheets.length}`);
    }
    expect(sheets.join(" ").match(/Tickets opened/g)).toHaveLength(90);
    expect(sheets.at(-1)).toContain("Total");
  });
});

describe("as CSV", () => {
  test("each line is a row of plain numbers", () => {
    const [head, fee, tickets] = toInvoiceCsv(issuedInvoice()).split("\r\n");
    expect(head).toMatch(/^period,position,item,plan,kind,/);
    expect(fee).toBe(
      "2026-03,1,monthly_fee,pro,,,2026-02-28T23:00:00.000Z,2026-03-31T22:00:00.000Z,1,0,1,99.00,1,99.00,EUR",
    );
    expect(tickets).toContain(",usage,pro,ticket_opened,,");
  });
});

test("a currency without smaller coins has none anywhere", async () => {
  const html = await renderInvoiceHtml(issuedInvoice({}, { currency: "JPY" }));
  expect(html).toContain("¥258");
  expect(html).not.toMatch(/¥\d+\.00\b/);
});

function fail(): never {
  throw new Error("an invoice of the fixture has lines");
}
