/**
 * Where a scenario comes from: one of ours by its name, or a file of anyone's.
 *
 * @module
 */

import { type AnyScenario, isScenario, nearest, scenarios } from "../../mod.ts";

/** A scenario, or why there is none, in one line. */
export type ScenarioSearch =
  | { readonly scenario: AnyScenario }
  | { readonly problem: string };

/**
 * Finds a scenario by its name, or by the path or URL of a file, whose default
 * export it is, or whose only one.
 */
export async function findScenario(
  nameOrFile: string,
): Promise<ScenarioSearch> {
  const own: Readonly<Record<string, AnyScenario>> = scenarios;
  if (Object.hasOwn(own, nameOrFile)) return { scenario: own[nameOrFile] };
  if (!/[./\\:]/.test(nameOrFile)) return { problem: unknown(nameOrFile) };
  const base = new URL(`file://${Deno.cwd()}/`);
  try {
    const url = new URL(nameOrFile, base);
    return choose(nameOrFile, await import(url.href));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      problem: `cannot load ${nameOrFile}: ${
        reason.trim().replaceAll(/\s*\n\s*/g, " ").replace(/\.$/, "")
      }.`,
    };
  }
}

function choose(
  file: string,
  exported: Readonly<Record<string, unknown>>,
): ScenarioSearch {
  if (isScenario(exported.default)) return { scenario: exported.default };
  const all = Object.values(exported).filter(isScenario);
  if (all.length === 1) return { scenario: all[0] };
  return {
    problem: all.length === 0
      ? `${file} exports no scenario; make one with defineScenario.`
      : `${file} exports ${all.length} scenarios; make one the default export.`,
  };
}

function unknown(name: string): string {
  const names = Object.keys(scenarios);
  const guess = nearest(name, names);
  return guess === undefined
    ? `there is no scenario "${name}"; there are ${
      names.join(", ")
    }, and files such as ./my_test.ts.`
    : `there is no scenario "${name}", did you mean ${guess}?`;
}
