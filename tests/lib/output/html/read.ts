/** Markup as its reader has it. */

import { type Child, html } from "../../../../lib/output/html/markup.ts";

/** The characters that markup comes to. */
export function markupOf(child: Child): string {
  return html`${child}`.text;
}

/** What stands between the tags, white space folded, entities read. */
export function readText(child: Child | string): string {
  const markup = typeof child === "string" ? child : markupOf(child);
  return unescaped(
    markup.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim(),
  );
}

/** The texts of the elements of a name, in their order. */
export function textsIn(child: Child, tag: string): string[] {
  return [
    ...markupOf(child).matchAll(
      new RegExp(`<${tag}(?: [^>]*)?>([^]*?)</${tag}>`, "g"),
    ),
  ].map(([, inner]) => readText(inner));
}

/** The rows of a table, cell by cell. */
export function cellsIn(child: Child): string[][] {
  return [...markupOf(child).matchAll(/<tr[^>]*>([^]*?)<\/tr>/g)].map((
    [, row],
  ) =>
    [...row.matchAll(/<t[hd](?: [^>]*)?>([^]*?)<\/t[hd]>/g)]
      .map(([, cell]) => readText(cell))
  );
}

/** An attribute of each element that has it. */
export function attributesIn(child: Child, name: string): string[] {
  return [...markupOf(child).matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g"))]
    .map(([, value]) => unescaped(value));
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"').replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
