import { assertEquals } from "@std/assert";
import { failuresIn, mergedJunit, passedIn } from "./junit.ts";

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

const FAILED =
  `<testsuites name="deno test" tests="3" failures="1" errors="0" time="1.000">
    <testsuite name="./a_test.ts" tests="2" disabled="0" errors="0" failures="1">
        <testcase name="it holds" classname="./a_test.ts" time="0.002" line="2" col="6">
        </testcase>
        <testcase name="a &quot;b&quot; &amp;amp; c" classname="./a_test.ts" time="0.000" line="3" col="6">
            <failure message="Uncaught Error: 1 &lt; 2
  more">Error: 1 &lt; 2</failure>
        </testcase>
    </testsuite>
    <testsuite name="./b_test.ts" tests="1" disabled="0" errors="0" failures="0">
        <testcase name="it holds, too" classname="./b_test.ts" time="0.002" line="2" col="6">
        </testcase>
    </testsuite>
</testsuites>
`;

Deno.test("what failed is told with its file and the first line of why", () => {
  assertEquals(failuresIn(FAILED), [{
    file: "./a_test.ts",
    test: 'a "b" &amp; c',
    reason: "Uncaught Error: 1 < 2",
  }]);
});

Deno.test("what passed is a report of the files that did", () => {
  const { files, report } = passedIn(FAILED);
  assertEquals([...files], ["./b_test.ts"]);
  assertEquals(
    [
      report.includes(`tests="1" failures="0"`),
      report.includes("it holds, too"),
    ],
    [true, true],
  );
});

Deno.test("a test that was cut off failed, too", () => {
  const cut = FAILED.replace(
    /<failure.*<\/failure>/s,
    `<error message="Cancelled"/>`,
  );
  assertEquals(failuresIn(cut).map(({ reason }) => reason), ["Cancelled"]);
});
