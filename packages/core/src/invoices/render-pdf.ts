import { fileURLToPath } from "node:url";
import Document from "pdfkit";
import { printInvoice, type PrintedInvoice } from "./invoice-words.ts";
import { GREY, MARGIN, writeTable, type Column, type Pdf } from "./pdf-table.ts";
import type { InvoiceJson } from "./schemas.ts";

/**
 * DejaVu has the letters of Europe's languages and every sign of a currency. The fonts that each reader has by itself
 * know Western Europe alone, and no pound of old nor rupee.
 */
const FONTS = {
  plain: fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf")),
  bold: fileURLToPath(import.meta.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf")),
};

/** An invoice on A4 sheets; its text can be selected, and what a table has over is on the next sheet under the same heads. */
export async function renderInvoicePdf(invoice: InvoiceJson): Promise<Buffer> {
  const printed = printInvoice(invoice);
  const document = new Document({
    size: "A4",
    margin: MARGIN,
    bufferPages: true,
    font: FONTS.plain,
    lang: "en",
    displayTitle: true,
    info: {
      Title: `${printed.title} ${printed.number}`,
      Creator: "Parley",
      CreationDate: new Date(invoice.issuedAt ?? invoice.startsAt),
    },
  });
  const bytes = collect(document);
  document.registerFont("plain", FONTS.plain).registerFont("bold", FONTS.bold);
  writeHead(document, printed);
  writeLines(document, printed);
  writeSums(document, printed);
  writeCreditNotes(document, printed);
  writePayments(document, printed);
  document.moveDown(2).font("plain").fontSize(7.5).fillColor(GREY).text(printed.notes.join(" "), MARGIN);
  numberSheets(document, printed);
  document.end();
  return bytes;
}

function collect(document: Pdf): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on("data", (chunk: Buffer) => chunks.push(chunk));
    document.on("end", () => resolve(Buffer.concat(chunks)));
    document.on("error", reject);
  });
}

function writeHead(document: Pdf, { title, number, company, status, facts }: PrintedInvoice): void {
  document.font("bold").fontSize(18).fillColor("black").text(title);
  document.font("plain").fontSize(10).text(number);
  document.moveDown().font("bold").fontSize(11).text(company);
  document.font("plain").fontSize(9).text(status).moveDown();
  for (const { name, value } of facts) {
    document.fillColor(GREY).text(`${name}: `, { continued: true }).fillColor("black").text(value);
  }
  document.moveDown();
}

const LINE_COLUMNS: readonly Column[] = [
  { head: "#", width: 22 },
  { head: "What for", width: "*" },
  { head: "Quantity", width: 62, isNumber: true },
  { head: "Included", width: 62, isNumber: true },
  { head: "Charged", width: 62, isNumber: true },
  { head: "Unit price", width: 72, isNumber: true },
  { head: "Amount", width: 78, isNumber: true },
];

function writeLines(document: Pdf, { lines }: PrintedInvoice): void {
  writeTable(
    document,
    LINE_COLUMNS,
    lines.map((line) => [
      line.position,
      `${line.description}\n${line.span}`,
      line.quantity,
      line.included,
      line.charged,
      line.unitPrice,
      line.amount,
    ]),
  );
}

function writeSums(document: Pdf, { sums }: PrintedInvoice): void {
  writeTable(
    document,
    [
      { head: "", width: "*" },
      { head: "", width: 130 },
      { head: "", width: 110, isNumber: true },
    ],
    sums.map(({ name, value }) => ["", name, value]),
  );
}

function writeCreditNotes(document: Pdf, { creditNotes }: PrintedInvoice): void {
  if (creditNotes.length === 0) return;
  writeHeading(document, "Credit notes");
  writeTable(
    document,
    [
      { head: "Number", width: 150 },
      { head: "Date", width: 70 },
      { head: "Reason", width: "*" },
      { head: "Amount", width: 78, isNumber: true },
    ],
    creditNotes.map(({ number, date, reason, amount }) => [number, date, reason, amount]),
  );
}

function writePayments(document: Pdf, { payments }: PrintedInvoice): void {
  if (payments.length === 0) return;
  writeHeading(document, "Payments");
  writeTable(
    document,
    [
      { head: "Date", width: 70 },
      { head: "Provider", width: 70 },
      { head: "Reference", width: "*" },
      { head: "State", width: 70 },
      { head: "Amount", width: 78, isNumber: true },
    ],
    payments.map(({ date, provider, reference, state, amount }) => [date, provider, reference, state, amount]),
  );
}

function writeHeading(document: Pdf, text: string): void {
  document.moveDown().font("bold").fontSize(10).fillColor("black").text(text, MARGIN).moveDown(0.5);
}

function numberSheets(document: Pdf, { number }: PrintedInvoice): void {
  const { start, count } = document.bufferedPageRange();
  for (let sheet = start; sheet < start + count; sheet += 1) {
    document.switchToPage(sheet);
    // Within the margin, where text would begin a new sheet.
    document.page.margins.bottom = 0;
    document
      .font("plain")
      .fontSize(7.5)
      .fillColor(GREY)
      .text(`${number} · ${sheet - start + 1} of ${count}`, MARGIN, document.page.height - MARGIN, {
        align: "right",
        width: document.page.width - 2 * MARGIN,
        lineBreak: false,
      });
  }
}
