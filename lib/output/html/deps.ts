/**
 * What the page takes from npm, as texts to be written into it: uPlot, because
 * it draws thousands of points at once in 51 kB, has a cursor over several
 * charts, and needs nothing else. Its first line names its licence's owner.
 *
 * @module
 */

export {
  default as uplotScript,
} from "npm:uplot@1.6.32/dist/uPlot.iife.min.js" with {
  type: "text",
};
export {
  default as uplotStyle,
} from "npm:uplot@1.6.32/dist/uPlot.min.css" with {
  type: "text",
};
