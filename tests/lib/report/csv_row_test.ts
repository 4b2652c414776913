import { assertEquals } from "@std/assert";
import { csvRow } from "../../../lib/report/csv_row.ts";

Deno.test("numbers are plain, also negative ones, and what is not known is empty", () => {
  assertEquals(csvRow([1, -2.5, null, 0]), "1,-2.5,,0\r\n");
});

Deno.test.each([
  { why: "a formula", text: "=HYPERLINK(1)", cell: "'=HYPERLINK(1)" },
  { why: "a sum", text: "+1+1", cell: "'+1+1" },
  {
    why: "a difference",
    text: "-1+cmd|' /C calc'!A0",
    cell: "'-1+cmd|' /C calc'!A0",
  },
  { why: "a function of old", text: "@SUM(A1)", cell: "'@SUM(A1)" },
  { why: "a formula after blanks", text: "  =1", cell: "'  =1" },
  { why: "a formula in full width", text: "\uff1d1", cell: "'\uff1d1" },
  { why: "a tab, then a formula", text: "\t=1", cell: '"\'\t=1"' },
  { why: "a line break", text: "\r=1", cell: '"\'\r=1"' },
  { why: "a formula in the next cell of some", text: "a;=1", cell: '"a;=1"' },
  {
    why: "commas and quotes",
    text: 'say "hi", you',
    cell: '"say ""hi"", you"',
  },
  { why: "a formula with commas", text: '=A1,"x"', cell: `"'=A1,""x"""` },
  { why: "an ordinary name", text: "run-2 (50%)", cell: "run-2 (50%)" },
])("to a spreadsheet every text is text: $why", ({ text, cell }) => {
  assertEquals(csvRow(["a", text]), `a,${cell}\r\n`);
});
