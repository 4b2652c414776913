/** All that is kept of a made-up run. */

import { CourseBook, summarize } from "../../../lib/metrics/mod.ts";
import type { SavedRun } from "../../../lib/report/mod.ts";
import { madeUpRun } from "../metrics/run.ts";
import { storiesOf } from "../output/made_up_pages.ts";

export const RUN = madeUpRun();

export function saved(): SavedRun {
  const book = new CourseBook();
  const summary = summarize(RUN);
  for (const point of summary.timeline) {
    book.note({ atMs: 1234.5, level: "error", text: "häßlich\n" });
    book.take({ phase: "ramp", point, snapshot: RUN.snapshot });
  }
  return {
    summary,
    found: ["holds 40"],
    snapshot: RUN.snapshot,
    course: book.course(),
    stories: storiesOf(3, 20).map((story) => ({
      ...story,
      freezes: [{ from: "client-9", fromSec: 1, toSec: 2, frozenMs: 500 }],
      layers: [{ from: "client-9", atSec: 3, layer: null }],
    })),
  };
}
