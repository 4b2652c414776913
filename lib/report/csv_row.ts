/**
 * Rows of CSV (RFC 4180).
 *
 * @module
 */

/** One value; `null` is not known, and an empty cell. */
export type CsvCell = number | string | null;

/** One row, with its line end. No text in it is a formula to a spreadsheet, or goes on in another cell. */
export function csvRow(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: CsvCell): string {
  if (typeof cell !== "string") return String(cell ?? "");
  // Spreadsheets compute what begins like this, also in full width; what begins with an apostrophe is text to them.
  const text =
    /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]/.test(cell) || /^[\t\r\n]/.test(cell)
      ? `'${cell}`
      : cell;
  // Some of them separate by semicolons or tabs.
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
