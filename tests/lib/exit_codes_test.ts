/** Every exit code is told in the same words wherever a person reads of it. */

import { assert, assertEquals } from "@std/assert";
import { exitCodeLines } from "../../cli/commands/options/help.ts";
import {
  EXIT_CODES,
  EXIT_REASONS,
  isOfSignal,
  SIGNAL_CODES,
} from "../../lib/exit_codes.ts";

const readme =
  (await Deno.readTextFile(new URL("../../README.md", import.meta.url)))
    .replaceAll("\n", " ");
const help = exitCodeLines().join(" ");

for (const [name, reason] of Object.entries(EXIT_REASONS)) {
  Deno.test(`README and help say what exit code ${name} is`, () => {
    const text = `${EXIT_CODES[name as keyof typeof EXIT_CODES]} ${reason}`;
    assert(readme.includes(text), `README lacks "${text}"`);
    assert(help.includes(text), `help lacks "${text}"`);
  });
}

Deno.test("README tells no exit code that there is not", () => {
  const [, told] = readme.match(/Exit codes: (.*?)\. /)!;
  assertEquals(
    told.split(" · ").map((part) => parseInt(part)),
    Object.keys(EXIT_REASONS).map((name) =>
      EXIT_CODES[name as keyof typeof EXIT_CODES]
    ).sort((a, b) => a - b),
  );
});

Deno.test("no two ends share a code, and only those by a signal are 128 and more", () => {
  const codes = Object.values(EXIT_CODES);
  assertEquals(new Set(codes).size, codes.length);
  assertEquals(codes.filter(isOfSignal), Object.values(SIGNAL_CODES));
});
