/**
 * The whole report as it stands on a screen, folded away, and the options of
 * the run.
 *
 * @module
 */

import type { Summary } from "../../metrics/mod.ts";
import type { Block, Figure, ReportDocument } from "../../report/mod.ts";
import { type Child, html, type Markup } from "./markup.ts";

/** All figures, block by block, and the options as used. */
export function allFigures(
  { sections }: ReportDocument,
  { config }: Summary,
): Markup {
  const options = Object.entries(config);
  return html`
    <section>
      <h2>All figures</h2>
      <details><summary>The report as text</summary>${sections.map((blocks) =>
        html`<div class="blocks">${blocks.map(blockMarkup)}</div>`
      )}</details>
      <details>
        <summary>Options as used</summary>
        <div class="scroll">
          <table>
            <tbody>${options.map(([name, value]) =>
              html`
                <tr>
                  <th scope="row">${name}</th>
                  <td>${typeof value === "string"
                    ? value
                    : JSON.stringify(value)}</td>
                </tr>
              `
            )}</tbody>
          </table>
        </div>
      </details>
    </section>
  `;
}

function blockMarkup(block: Block): Markup {
  switch (block.kind) {
    case "sentence":
      return html`<p>${block.text}</p>`;
    case "table":
      return html`
        <div class="scroll">
          <table>
            <thead>
              <tr>${block.columns.map((column, i) =>
                html`<th scope="col" class="${i === 0 ? "" : "number"}">${
                  typeof column === "string" ? column : column[0]
                }</th>`
              )}</tr>
            </thead>
            <tbody>${block.rows.map(({ cells, style }) =>
              html`<tr class="${style ?? ""}">${
                cells.map((cell, i) =>
                  html`<td class="${i === 0 ? "" : "number"}">${cell}</td>`
                )
              }</tr>`
            )}</tbody>
          </table>
        </div>
      `;
    case "figures":
      return html`<dl class="figures"><dt>${block.label}</dt>${
        block.rows.map((row) => html`<dd>${row.map(figureMarkup)}</dd>`)
      }</dl>`;
  }
}

function figureMarkup(figure: Figure): Child {
  if (typeof figure === "string") return html`<span>${figure}</span>`;
  const { text, style, band } = figure;
  return html`<span class="${band ?? style ?? ""}">${text}${
    band === undefined ? "" : ` (${band})`
  }</span>`;
}
