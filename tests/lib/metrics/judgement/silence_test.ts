import { assertEquals } from "@std/assert";
import { type Silence, silences } from "../../../../lib/metrics/mod.ts";
import { timeline } from "./timeline.ts";

Deno.test.each(
  [
    { why: "no silence is none", text: "000000", want: [] },
    { why: "two seconds are none", text: "0099000", want: [] },
    {
      why: "three seconds are one",
      text: "00999000",
      want: [{ fromSec: 2, toSec: 5, share: 0.9 }],
    },
    {
      why: "one that goes on to the end has none",
      text: "00055555",
      want: [{ fromSec: 3, toSec: null, share: 0.5 }],
    },
    {
      why: "its share is that of all its time",
      text: "0004680",
      want: [{ fromSec: 3, toSec: 6, share: 0.6 }],
    },
    {
      why: "a time in which nothing is due does not end it",
      text: "00099--9--",
      want: [{ fromSec: 3, toSec: null, share: 0.9 }],
    },
    {
      why: "a share within the bound is none",
      text: "111111",
      want: [],
    },
    {
      why: "several are told in their order",
      text: "2220003333",
      want: [
        { fromSec: 0, toSec: 3, share: 0.2 },
        { fromSec: 6, toSec: null, share: 0.3 },
      ],
    },
  ] satisfies { why: string; text: string; want: Silence[] }[],
)("$why: $text", ({ text, want }) => {
  assertEquals(silences(timeline(text), 0.1), want as Silence[]);
});
