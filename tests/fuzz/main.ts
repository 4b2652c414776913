/**
 * The fuzz suite: hands damaged and hostile inputs to every door, by a seed.
 *
 * ```text
 * deno task fuzz [--seconds N] [--inputs N] [--seed N] [--door NAME]... [--path P]
 * ```
 *
 * `--seconds` is for all doors together (default 60). So many `--inputs` are
 * enough for a parser, a tenth of them for what has a state, and a tenth of
 * that for what takes ten times as long.
 * A finding prints its seed and path, and with `--door`, `--seed` and `--path`
 * is seen again alone.
 * Exits with 1 when there is one, with 2 when an argument is wrong.
 *
 * @module
 */

import { textLines } from "../../lib/sfu/text_lines.ts";
import type { Attack } from "./attack.ts";
import type { ChildLine, Orders } from "./child.ts";
import { DOORS } from "./doors.ts";

/** A child that says nothing for so long hangs, on a machine that has much else to do, too. */
const SILENCE_MS = 120_000;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const read = readArguments(args);
  if (typeof read === "string") {
    console.error(read);
    return 2;
  }
  const attacks = await attackAll(read, (done) => console.log(lineOf(done)));
  const found = attacks.filter(({ finding }) => finding !== null);
  const inputs = attacks.reduce((sum, one) => sum + one.inputs, 0);
  console.log(
    `${attacks.length} doors, ${inputs} inputs, ${found.length} findings`,
  );
  return found.length === 0 ? 0 : 1;
}

/** Attacks the doors of `orders` in children: one, and another one after each hang. */
export async function attackAll(
  orders: Orders,
  onDone: (attack: Attack) => void = () => {},
): Promise<Attack[]> {
  const attacks: Attack[] = [];
  let doors = [...orders.doors];
  while (doors.length > 0) {
    const { done, broke } = await watchChild({ ...orders, doors }, onDone);
    attacks.push(...done);
    doors = doors.slice(done.length);
    if (broke === null) break;
    const name = doors.shift()!;
    const finding = { ...broke.finding };
    const lost: Attack = {
      door: name,
      seed: orders.seed,
      inputs: broke.inputs,
      seconds: 0,
      slowestMs: 0,
      grownBytes: null,
      finding,
    };
    attacks.push(lost);
    onDone(lost);
  }
  return attacks;
}

async function watchChild(orders: Orders, onDone: (attack: Attack) => void) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--quiet",
      "--no-check",
      "--v8-flags=--expose-gc",
      import.meta.resolve("./child.ts"),
      JSON.stringify(orders),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaint = new Response(child.stderr).text();
  let hangs = false;
  const kill = () => {
    hangs = true;
    child.kill("SIGKILL");
  };
  let timer = setTimeout(kill, SILENCE_MS);
  const done: Attack[] = [];
  let inputs = 0;
  for await (const text of textLines(child.stdout)) {
    clearTimeout(timer);
    timer = setTimeout(kill, SILENCE_MS);
    const line = JSON.parse(text) as ChildLine;
    if ("attack" in line) {
      done.push(line.attack);
      onDone(line.attack);
    } else {
      inputs = line.inputs;
    }
  }
  clearTimeout(timer);
  const { code } = await child.status;
  const words = (await complaint).trim();
  if (code === 0) return { done, broke: null };
  const what = hangs
    ? `hung after ${inputs} inputs`
    : `ended the process (code ${code}) after ${inputs} inputs: ${words}`;
  return { done, broke: { inputs, finding: { what, input: "", path: "" } } };
}

function lineOf(
  { door, seed, inputs, seconds, slowestMs, grownBytes, finding }: Attack,
): string {
  const grown = grownBytes === null
    ? ""
    : `, heap ${grownBytes < 0 ? "" : "+"}${Math.round(grownBytes / 1000)} kB`;
  const line = `${door}: ${inputs} inputs in ${seconds.toFixed(1)} s, slowest ${
    slowestMs.toFixed(1)
  } ms${grown}`;
  if (finding === null) return `${line}, nothing found`;
  return `${line}\nFOUND in ${door}: ${finding.what}\n  input: ${finding.input}\n` +
    `  again: deno task fuzz --door ${door} --seed ${seed} --path ${finding.path}`;
}

function readArguments(args: readonly string[]): Orders | string {
  const doors: string[] = [];
  const numbers = { seconds: 60, inputs: 1e9, seed: 1 };
  let path: string | undefined;
  for (let i = 0; i < args.length; i += 2) {
    const [name, value] = [args[i], args[i + 1]];
    if (value === undefined) return `${name}: it wants a value.`;
    switch (name) {
      case "--door":
        if (!DOORS.some((door) => door.name === value)) {
          return `--door ${value}: the doors are ${
            DOORS.map((door) => door.name).join(", ")
          }.`;
        }
        doors.push(value);
        break;
      case "--path":
        path = value;
        break;
      case "--seconds":
      case "--inputs":
      case "--seed": {
        const number = Number(value);
        if (!Number.isInteger(number) || number < 1) {
          return `${name} ${value}: it wants a whole number of at least 1.`;
        }
        numbers[name.slice(2) as keyof typeof numbers] = number;
        break;
      }
      default:
        return `${name}: the options are --seconds, --inputs, --seed, --door and --path.`;
    }
  }
  const chosen = doors.length > 0 ? doors : DOORS.map(({ name }) => name);
  const { seconds, inputs, seed } = numbers;
  return {
    doors: chosen,
    seed,
    path,
    inputs: { pure: inputs, stateful: Math.ceil(inputs / 10) },
    untilMs: Date.now() + seconds * 1000,
  };
}
