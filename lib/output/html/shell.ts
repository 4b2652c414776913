/**
 * What every page is: one file that loads nothing, under a policy that lets
 * nothing run but its own two scripts.
 *
 * @module
 */

import type { ChartData } from "./charts.ts";
import { uplotScript, uplotStyle } from "./deps.ts";
import type { HeatMap } from "./heat_map.ts";
import { type Child, code, html, jsonData } from "./markup.ts";
import script from "./page.js" with { type: "text" };
import style from "./page.css" with { type: "text" };
import type { Table } from "./tables.ts";

/** What the page's script reads. */
export interface PageData {
  readonly series: ChartData;
  /** From when to when things were wrong, in seconds, and how. */
  readonly incidents: readonly (readonly [number, number | null, string])[];
  readonly tables: readonly Table[];
  readonly heat?: HeatMap | undefined;
}

/** A whole page. */
export async function shell(
  { title, version, body, data }: {
    readonly title: string;
    /** Of the program. */
    readonly version: string;
    readonly body: Child;
    readonly data: PageData;
  },
): Promise<string> {
  const styles = `${uplotStyle}\n${style}`;
  const policy = [
    "default-src 'none'",
    `script-src ${await hashOf(uplotScript)} ${await hashOf(script)}`,
    `style-src ${await hashOf(styles)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>${title}</title>
        <style>${code(styles)}</style>
      </head>
      <body>
    ${body}
    <footer>Made by rtcrowd ${version}; charts by uPlot (MIT, © Leon Sorokin). This page loads nothing.</footer>
    <p id="live" class="unseen" aria-live="polite"></p>
    <script type="application/json" id="data">${jsonData(data)}</script>
    <script>${code(uplotScript)}</script>
    <script>${code(script)}</script>
      </body>
    </html>
  `.text.trimStart();
}

/** How a policy names a script or a style that it lets be (CSP 3 section 2.3.1). */
async function hashOf(text: string): Promise<string> {
  const bytes = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(text),
  );
  return `'sha256-${new Uint8Array(bytes).toBase64()}'`;
}
