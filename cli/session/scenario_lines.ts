/**
 * What came of a scenario, as lines for the log.
 *
 * @module
 */

import { formatMeasured, type ScenarioJob, type Summary } from "../../tool.ts";

/** The verdict, each threshold that failed, and the result. */
export function outcomeLines(job: ScenarioJob, summary: Summary): string[] {
  const { verdict, thresholds, scenario } = summary;
  const result = scenario?.result ?? null;
  return [
    `${job.name} ${verdict.status}: ${verdict.reason}`,
    ...thresholds.filter(({ passed }) => !passed).map((result) => {
      const { expression, worst } = result;
      const hurt = worst === undefined
        ? ""
        : `, worst ${worst.id}: ${
          formatMeasured({ ...result, value: worst.value })
        }`;
      return `${expression} was ${formatMeasured(result)}${hurt}`;
    }),
    ...(result === null ? [] : job.describe(result)),
  ];
}
