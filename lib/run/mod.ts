/**
 * What a run stands on: the check before it starts, the media it sends, the
 * watch over the server. It knows no scenario.
 *
 * @module
 */

export { examine, type ExamineOptions, whyImpossible } from "./examine.ts";
export {
  clipNamed,
  describeMedia,
  type KindsSent,
  SETTLED_BY_FILES,
  SYNTHETIC,
} from "./media.ts";
export { countStreams } from "./server_streams.ts";
export { ServerWatch, type ServerWatchOptions } from "./server_watch.ts";
export { VERSION } from "./version.ts";
