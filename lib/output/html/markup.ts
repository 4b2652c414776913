/**
 * HTML by templates: whatever is put into one is text, unless it is markup
 * already.
 *
 * @module
 */

import { safeLine } from "../../text/mod.ts";

/** HTML that was made here, from nothing but templates. */
export class Markup {
  /** Use {@linkcode html}. */
  constructor(readonly text: string) {}
}

/** What a template takes. */
export type Child = Markup | string | number | readonly Child[];

/** Markup of a template; texts in it are escaped, between tags and between double quotes. */
export function html(
  strings: TemplateStringsArray,
  ...children: readonly Child[]
): Markup {
  return new Markup(String.raw({ raw: strings }, ...children.map(markupText)));
}

/** Data for a script that is not executed (HTML section 4.12.1.3): nothing in it ends that script. */
export function jsonData(value: unknown): Markup {
  return new Markup(
    JSON.stringify(
      value,
      (_, inner) => typeof inner === "string" ? safeLine(inner) : inner,
    ).replaceAll("<", "\\u003c"),
  );
}

/** A text of ours that is code: a script or a style. */
export function code(text: string): Markup {
  if (/<\/(script|style)/i.test(text)) {
    throw new Error("Cannot write page: code would end its element.");
  }
  return new Markup(text);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function markupText(child: Child): string {
  if (child instanceof Markup) return child.text;
  if (typeof child === "number") return `${child}`;
  if (typeof child === "string") {
    return safeLine(child).replaceAll(/[&<>"']/g, (one) => ENTITIES[one]);
  }
  return child.map(markupText).join("");
}
