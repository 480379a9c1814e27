export type Pdf = PDFKit.PDFDocument;

/** In points, as all lengths here. */
export const MARGIN = 45;
export const GREY = "#57606a";
const RULE = "#d0d7de";
const CELL_PADDING = 4;
const FONT_SIZE = 8;
/** Below the tables, where the number of the sheet stands. */
const FOOT = 20;

export interface Column {
  head: string;
  /** "*": what the others leave. */
  width: number | "*";
  isNumber?: boolean;
}

/** Rows from the left margin on, and none of them over two sheets; each sheet begins with the heads. */
export function writeTable(document: Pdf, columns: readonly Column[], rows: readonly (readonly string[])[]): void {
  const widths = widthsOf(document, columns);
  const heads = columns.map(({ head }) => head);
  const hasHeads = heads.some((head) => head !== "");
  const writeHeads = (): void => {
    if (hasHeads) writeRow(document, columns, widths, heads, GREY);
  };
  document.font("plain").fontSize(FONT_SIZE);
  writeHeads();
  for (const row of rows) {
    if (document.y + heightOf(document, widths, row) > document.page.height - MARGIN - FOOT) {
      document.addPage();
      document.font("plain").fontSize(FONT_SIZE);
      writeHeads();
    }
    writeRow(document, columns, widths, row, "black");
  }
  document.x = MARGIN;
}

function writeRow(
  document: Pdf,
  columns: readonly Column[],
  widths: readonly number[],
  row: readonly string[],
  color: string,
): void {
  const top = document.y;
  const bottom = top + heightOf(document, widths, row);
  let left = MARGIN;
  for (const [place, column] of columns.entries()) {
    const width = widths[place] ?? 0;
    document.fillColor(color).text(row[place] ?? "", left + CELL_PADDING, top + CELL_PADDING, {
      width: width - 2 * CELL_PADDING,
      align: column.isNumber ? "right" : "left",
    });
    left += width;
  }
  document.moveTo(MARGIN, bottom).lineTo(left, bottom).lineWidth(0.5).strokeColor(RULE).stroke();
  document.y = bottom;
}

function heightOf(document: Pdf, widths: readonly number[], row: readonly string[]): number {
  const heights = row.map((text, place) =>
    document.heightOfString(text, { width: (widths[place] ?? 0) - 2 * CELL_PADDING }),
  );
  return Math.max(...heights) + 2 * CELL_PADDING;
}

function widthsOf(document: Pdf, columns: readonly Column[]): number[] {
  const fixed = columns.reduce((sum, { width }) => (width === "*" ? sum : sum + width), 0);
  const rest = document.page.width - 2 * MARGIN - fixed;
  return columns.map(({ width }) => (width === "*" ? rest : width));
}
