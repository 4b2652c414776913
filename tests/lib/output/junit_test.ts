import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { summarize, type Summary } from "../../../lib/metrics/mod.ts";
import { renderJunit } from "../../../lib/output/mod.ts";
import { madeUpRun } from "../metrics/run.ts";
import { readXml, type XmlElement } from "./xml_reader.ts";

const FAILED = summarize(madeUpRun());
const HEALTHY: Summary = {
  ...FAILED,
  verdict: { status: "passed", reason: "everything watched was healthy" },
  exitCode: 0,
  thresholds: [],
};

Deno.test("a threshold that failed is a failure with its figure, one that passed is none", () => {
  const cases = casesOf(FAILED, "rtcrowd.thresholds");
  assertEquals(
    cases.map(({ attributes }) => attributes.name),
    FAILED.thresholds.map(({ expression }) => expression),
  );
  for (const [i, { passed }] of FAILED.thresholds.entries()) {
    assertEquals(cases[i].children.length, passed ? 0 : 1);
  }
  const loss = cases.find(({ attributes }) => attributes.name === "loss < 1%")!;
  const [failure] = loss.children;
  assertEquals(failure.name, "failure");
  assertEquals(
    failure.attributes.message,
    `"loss < 1%" failed: it was 1.01 %; worst client client-0: 1.01 %`,
  );
  assertEquals(failure.text, failure.attributes.message);
});

const VERDICTS: readonly {
  readonly status: Summary["verdict"]["status"];
  readonly says: string;
  readonly failures: number;
  readonly errors: number;
}[] = [
  { status: "passed", says: "", failures: 0, errors: 0 },
  { status: "failed", says: "failed: It was bad.", failures: 1, errors: 0 },
  { status: "invalid", says: "invalid: It was bad.", failures: 0, errors: 1 },
  { status: "broke", says: "broke: It was bad.", failures: 0, errors: 1 },
  {
    status: "interrupted",
    says: "interrupted: It was bad.",
    failures: 0,
    errors: 1,
  },
];

Deno.test.each(VERDICTS)(
  "a run that $status has $failures failures and $errors errors",
  ({ status, says, failures, errors }) => {
    const summary: Summary = {
      ...HEALTHY,
      judgement: [],
      verdict: { status, reason: "it was bad" },
    };
    const { attributes } = suiteOf(summary);
    assertEquals(attributes.failures, `${failures}`);
    assertEquals(attributes.errors, `${errors}`);
    assertEquals(attributes.tests, "1");
    assertEquals(
      suiteOf(summary).children.flatMap(({ children }) => children)
        .map(({ text }) => text).join(""),
      says,
    );
  },
);

Deno.test("without a threshold each critical figure is a failure; where thresholds overrule it, it is only told", () => {
  const [judged] = FAILED.judgement;
  const judgement = [{ ...judged, band: "critical" as const, says: "it hurt" }];
  const failed = { status: "failed" as const, reason: "it hurt" };
  const ofBands = { ...HEALTHY, judgement, verdict: failed };
  const overruled = {
    ...HEALTHY,
    judgement,
    thresholds: [{ ...FAILED.thresholds[0], passed: true }],
  };
  assertEquals(suiteOf(ofBands).attributes.failures, "2");
  assertEquals(suiteOf(overruled).attributes.failures, "0");
  assertStringIncludes(renderJunit(overruled), "critical: it hurt");
});

Deno.test.each([
  { passed: [true, false], band: "critical" as const, failures: "3" },
  { passed: [false], band: "warning" as const, failures: "2" },
  { passed: [true], band: "critical" as const, failures: "2" },
])(
  "where the verdict fails, a critical figure does too, thresholds or not: $passed, $band",
  ({ passed, band, failures }) => {
    const [judged] = FAILED.judgement;
    const [threshold] = FAILED.thresholds;
    const { attributes } = suiteOf({
      ...FAILED,
      verdict: { status: "failed", reason: "it hurt" },
      judgement: [{ ...judged, band, says: "it hurt" }],
      thresholds: passed.map((passed) => ({ ...threshold, passed })),
    });
    assertEquals(attributes.failures, failures);
  },
);

Deno.test("a threshold that was never measured is a failure, not skipped", () => {
  const [first] = FAILED.thresholds;
  const [failed] = casesOf({
    ...FAILED,
    thresholds: [{ ...first, passed: false, value: null }],
  }, "rtcrowd.thresholds");
  assertStringIncludes(failed.children[0].text, "was not measured");
  assertEquals(suiteOf(FAILED).attributes.skipped, "0");
});

Deno.test.each([
  { text: `]]> <img onerror="x"> & 'y'`, why: "markup" },
  {
    text: "a\x00\x08\x1b[31m\ufffe\ud800b",
    why: "what XML has no character for",
  },
  { text: "one\ntwo\u2028three\u202e", why: "line ends and directions" },
])("a text of others with $why leaves the XML whole", ({ text }) => {
  const [first] = FAILED.thresholds;
  const summary: Summary = {
    ...FAILED,
    verdict: { status: "failed", reason: text },
    scenario: { name: text, result: null },
    server: { ...FAILED.server, url: text },
    thresholds: [{
      ...first,
      passed: false,
      expression: text,
      worst: { kind: "room", id: text, value: 1 },
    }],
    judgement: FAILED.judgement.map((one) => ({ ...one, says: text })),
  };
  checkShape(readXml(renderJunit(summary)));
});

Deno.test("the file has the shape that the schemas of Ant and of Jenkins both have", () => {
  checkShape(readXml(renderJunit(FAILED)));
  checkShape(readXml(renderJunit(HEALTHY)));
});

/** What both schemas ask for: elements in this order, these attributes and no others. */
function checkShape(root: XmlElement): void {
  assertEquals(root.name, "testsuites");
  assertEquals(root.attributes, {});
  for (const suite of root.children) {
    assertEquals(suite.name, "testsuite");
    assertEquals(
      Object.keys(suite.attributes).sort(),
      "errors failures hostname id name package skipped tests time timestamp"
        .split(" "),
    );
    assert(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(suite.attributes.timestamp),
    );
    const names = suite.children.map(({ name }) => name);
    const cases = names.filter((name) => name === "testcase");
    assertEquals(names, ["properties", ...cases, "system-out", "system-err"]);
    assertEquals(suite.attributes.tests, `${cases.length}`);
    for (const one of suite.children) {
      if (one.name !== "testcase") continue;
      assertEquals(Object.keys(one.attributes), ["classname", "name", "time"]);
      assert(one.children.length <= 1);
      for (const wrong of one.children) {
        assert(["failure", "error"].includes(wrong.name));
        assertEquals(Object.keys(wrong.attributes), ["message", "type"]);
      }
    }
  }
}

function suiteOf(summary: Summary): XmlElement {
  return readXml(renderJunit(summary)).children[0];
}

function casesOf(summary: Summary, classname: string): XmlElement[] {
  return suiteOf(summary).children.filter(({ attributes }) =>
    attributes.classname === classname
  );
}
