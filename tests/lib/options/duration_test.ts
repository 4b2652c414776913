import { assertEquals, assertThrows } from "@std/assert";
import {
  durationMs,
  formatDuration,
  readDuration,
} from "../../../lib/options/mod.ts";

Deno.test.each([
  ["30", 30_000],
  ["500ms", 500],
  [".5s", 500],
  ["5m", 300_000],
  ["1h", 3_600_000],
  ["0", 0],
  ["", undefined],
  ["5x", undefined],
  ["-1", undefined],
  ["999h", undefined],
])("%s is %s ms", (text, ms) => {
  assertEquals(readDuration(text), ms);
});

Deno.test.each([
  { ms: 0, is: "0s" },
  { ms: 1, is: "1ms" },
  { ms: 999, is: "999ms" },
  { ms: 1000, is: "1s" },
  { ms: 1500, is: "1500ms" },
  { ms: 3_600_000, is: "3600s" },
  { ms: 480 * 3_600_000, is: "1728000s" },
])("$ms ms are written as $is, and read as that", ({ ms, is }) => {
  assertEquals(formatDuration(ms), is);
  assertEquals(readDuration(is), ms);
});

Deno.test.each<[string | number, number]>([
  ["30", 30_000],
  [" 5m ", 300_000],
  ["1.0004s", 1000],
  [0, 0],
  [30, 30],
  [0.5, 0.5],
  [480 * 3_600_000, 480 * 3_600_000],
])("a script that waits for %s waits for %s ms", (given, ms) => {
  assertEquals(durationMs(given, "wait"), ms);
});

Deno.test.each<[string | number, string]>([
  ["soon", '"soon"'],
  ["", '""'],
  ["-5s", '"-5s"'],
  [-1, "-1"],
  [NaN, "NaN"],
  [Infinity, "Infinity"],
  [480 * 3_600_000 + 1, "1728000001"],
  [undefined as unknown as number, "undefined"],
])(
  "a script that waits for %s is told in one line that it is no length of time",
  (given, shown) => {
    const { message } = assertThrows(
      () => durationMs(given, "wait"),
      TypeError,
    );
    assertEquals(
      message,
      `Cannot wait ${shown}: it is no length of time. Give milliseconds, or text such as "500ms", "30s" or "5m", up to 480 hours.`,
    );
  },
);
