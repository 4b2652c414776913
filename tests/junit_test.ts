import { assertEquals } from "@std/assert";
import { mergedJunit } from "./junit.ts";

function report(tests: number, failures: number, name: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="${tests}" failures="${failures}" errors="0" time="1.250">
    <testsuite name="${name}" tests="${tests}" disabled="0" errors="0" failures="${failures}">
    </testsuite>
</testsuites>
`;
}

Deno.test("reports are one with their sums, and all that is in them", () => {
  const empty =
    `<testsuites name="deno test" tests="0" failures="0" errors="0" time="0.500">
</testsuites>`;
  assertEquals(
    mergedJunit([report(3, 0, "a"), empty, report(40, 2, "b")]),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="43" failures="2" errors="0" time="3.000">
    <testsuite name="a" tests="3" disabled="0" errors="0" failures="0">
    </testsuite>
    <testsuite name="b" tests="40" disabled="0" errors="0" failures="2">
    </testsuite>
</testsuites>
`,
  );
});

Deno.test("a run that left no report counts as none", () => {
  assertEquals(
    mergedJunit(["", report(1, 0, "a")]).includes(`tests="1" failures="0"`),
    true,
  );
});
