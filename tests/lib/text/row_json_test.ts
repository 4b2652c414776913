/** JSON with a line a row. */

import { assertEquals } from "@std/assert";
import { rowJson } from "../../../lib/text/mod.ts";
import { summarize } from "../../../lib/metrics/mod.ts";
import { madeUpRun } from "../metrics/run.ts";

Deno.test("what is in a list is a line, whatever it holds, and the rest has lines of its own", () => {
  assertEquals(
    rowJson({
      version: "1",
      none: undefined,
      rooms: [{ id: "a b", sent: { pli: 0 }, of: [1, 2] }, { id: "ä\n" }],
      media: { loss: { lost: 0 }, ratio: null },
      empty: [],
      nothing: {},
      sizes: [1, undefined, "x"],
    }),
    `{
  "version": "1",
  "rooms": [
    {"id":"a b","sent":{"pli":0},"of":[1,2]},
    {"id":"ä\\n"}
  ],
  "media": {
    "loss": {
      "lost": 0
    },
    "ratio": null
  },
  "empty": [],
  "nothing": {},
  "sizes": [
    1,
    null,
    "x"
  ]
}`,
  );
});

Deno.test("a summary and a list of clients are the same value as by any other way", () => {
  for (
    const value of [summarize(madeUpRun()), [{ a: 1 }, { b: [] }], [], null, 7]
  ) {
    assertEquals(JSON.parse(rowJson(value)), JSON.parse(JSON.stringify(value)));
  }
});
