/**
 * Text for people: how wide it is, how it is styled and laid out, how numbers
 * and times are written, and what of a text from outside may be shown.
 *
 * It is pure, and knows nothing of what is said.
 *
 * @module
 */

export { type Charset, chooseCharset, inCharset } from "./charset.ts";
export { messageOf, reasonOf } from "./error.ts";
export * from "./format.ts";
export { createHider, type Hider } from "./hider.ts";
export { nearest } from "./nearest.ts";
export { rowJson } from "./row_json.ts";
export {
  safeJson,
  safeJsonLine,
  safeLine,
  safeText,
  safeValue,
} from "./safe.ts";
export { sanitize } from "./sanitize.ts";
export { asSentence } from "./sentence.ts";
export { shownText, shownUrl } from "./shown_url.ts";
export * from "./style.ts";
export * from "./table.ts";
export {
  type Cluster,
  clusters,
  displayWidth,
  fit,
  truncate,
  wrapWords,
} from "./width.ts";
