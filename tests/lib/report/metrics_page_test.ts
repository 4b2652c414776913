import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { METRIC_NAMES } from "../../../lib/metrics/mod.ts";
import { jsonSchemaFiles } from "../../../lib/report/json_schema.ts";
import { metricsLines } from "../../../lib/report/mod.ts";
import page from "../../../lib/report/schema/metrics.md" with { type: "text" };

Deno.test("the page of metrics in the repository is that of the catalog", () => {
  assertEquals(
    page,
    jsonSchemaFiles()["metrics.md"],
    "run: deno run --allow-write lib/report/schema/write.ts",
  );
});

Deno.test("the page and the help have every metric with its definition and its source, and how thresholds are written", () => {
  const lines = metricsLines();
  for (const name of [...METRIC_NAMES, "errors", "signaling.OPERATION"]) {
    const row = page.split("\n").find((line) =>
      line.startsWith(`| \`${name}\``)
    );
    assert(row !== undefined, name);
    const [doc, source] = row.split("|").slice(6, 8);
    assert(doc.trim() !== "" && source.trim() !== "", name);
    assert(
      lines.some((line) => new RegExp(`^  ${name}[:,]`).test(line)),
      name,
    );
  }
  for (const text of [page, lines.join("\n")]) {
    assertStringIncludes(text, `metric [aggregate] operator value`);
    assertStringIncludes(text, `One message's`);
  }
});

Deno.test("no line of the help is wider than a terminal of 80 columns", () => {
  for (const line of metricsLines()) assert(line.length <= 80, line);
});
