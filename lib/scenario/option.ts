/**
 * The options of a scenario, as a table: each entry says once what it takes,
 * and reading, defaults and help all come from that. A value may be given as
 * a script does (`20`, `true`) or as text (`"20"`, `"true"`), as a command
 * line does.
 *
 * @module
 */

import {
  describeImpairmentShare,
  type ImpairmentShare,
  parseImpairmentShare,
  shareProblem,
  type Stage,
} from "../load/mod.ts";
import {
  type Fps,
  FPS_BITRATE_FACTORS,
  QUALITIES,
  type Quality,
} from "../media/mod.ts";
import type { JsonValue, Threshold } from "../metrics/mod.ts";
import { parseThreshold } from "../load/mod.ts";
import { formatDuration, readDuration } from "./duration.ts";
import { describeMedia, SETTLED_BY_FILES, SYNTHETIC } from "../run/mod.ts";

/** A value, or what is wrong with what was given. */
export type OptionReading<T> =
  | { readonly value: T }
  | { readonly problem: string };

/** One option: a script gives it as a `Given`, and the scenario gets a `Value`. */
export interface ScenarioOption<Given, Value> {
  /** One line. */
  readonly help: string;
  /** What it may be, to go behind "is not". */
  readonly takes: string;
  /** What it may be, word by word, where these are few. @default {many} */
  readonly words?: readonly string[] | undefined;
  /** What it is when it is not given. */
  readonly default: Given;
  /** Reads what was given; never throws. */
  readonly read: (given: unknown) => OptionReading<Value>;
  /** The value for the record, as it could be given again. */
  readonly toJson: (value: Value) => JsonValue;
  /** Options that mean nothing beside this one, unless it has its default. @default {none} */
  readonly excludes?: readonly string[];
  /**
   * Why the value is of no use here and now, beside the values of all options,
   * in one line; looked at before anything begins.
   * @default {nothing speaks against it}
   */
  readonly verify?: (
    value: Value,
    values: Readonly<Record<string, unknown>>,
  ) => Promise<string | undefined>;
}

/** A stage as a script writes it. */
export interface StageInput {
  /** How long it takes: `30s`, `5m`. */
  readonly duration: string;
  /** Clients at its end. */
  readonly target: number;
}

/** Bounds of a number, both included. */
export interface NumberBounds {
  /** The default. */
  readonly default: number;
  /** The smallest. @default {0} */
  readonly min?: number;
  /** The largest. @default {100000} */
  readonly max?: number;
}

/** A whole number. */
export function wholeNumber(
  help: string,
  { default: initial, min = 0, max = 100_000 }: NumberBounds,
): ScenarioOption<number, number> {
  const takes = `a whole number from ${min} to ${max}`;
  return option(help, takes, initial, (given) => {
    const number = numberOf(given);
    return Number.isSafeInteger(number) && number >= min && number <= max
      ? number
      : undefined;
  });
}

/** A number, fractions allowed. */
export function decimalNumber(
  help: string,
  { default: initial, min = 0, max = 100_000 }: NumberBounds,
): ScenarioOption<number, number> {
  const takes = `a number from ${min} to ${max}`;
  return option(help, takes, initial, (given) => {
    const number = numberOf(given);
    return number >= min && number <= max ? number : undefined;
  });
}

/** A length of time such as `500ms`, `30s`, `5m` or `1h`; the scenario gets milliseconds. */
export function duration(
  help: string,
  { default: initial, min = "0s" }: {
    /** The default. */
    readonly default: string;
    /** The shortest. @default {"0s"} */
    readonly min?: string;
  },
): ScenarioOption<string, number> {
  const least = readDuration(min) ?? 0;
  const above = least > 0 ? ` of at least ${min}` : "";
  const takes = `a duration${above} such as 500ms, 30s, 5m or 1h`;
  return {
    help,
    takes,
    default: initial,
    read: (given) => {
      const ms = typeof given === "string" ? readDuration(given) : undefined;
      return ms !== undefined && ms >= least
        ? { value: ms }
        : problem(given, takes);
    },
    toJson: formatDuration,
  };
}

/** One of a few words. */
export function oneOf<const Word extends string>(
  help: string,
  { words, default: initial }: {
    /** The words. */
    readonly words: readonly Word[];
    /** The default. */
    readonly default: NoInfer<Word>;
  },
): ScenarioOption<Word, Word> {
  const takes = words.length === 1
    ? words[0]
    : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  return {
    ...option(
      help,
      takes,
      initial,
      (given) => words.find((word) => word === given),
    ),
    words,
  };
}

/** Yes or no. */
export function toggle(
  help: string,
  { default: initial }: {
    /** The default. */
    readonly default: boolean;
  },
): ScenarioOption<boolean, boolean> {
  const one = option(help, "true or false", initial, (given) => {
    if (typeof given === "boolean") return given;
    return given === "true" ? true : given === "false" ? false : undefined;
  });
  return { ...one, words: ["true", "false"] };
}

/** Any text that is not empty. */
export function text(
  help: string,
  { default: initial }: {
    /** The default. */
    readonly default: string;
  },
): ScenarioOption<string, string> {
  return option(
    help,
    "a text",
    initial,
    (given) => typeof given === "string" && given !== "" ? given : undefined,
  );
}

/** The quality of video. */
export function quality(
  initial: Quality = "480p",
): ScenarioOption<Quality, Quality> {
  return oneOf("quality of the video", {
    words: Object.keys(QUALITIES) as Quality[],
    default: initial,
  });
}

/** Frames of video a second. */
export function fps(initial: Fps = 30): ScenarioOption<Fps, Fps> {
  const words = Object.keys(FPS_BITRATE_FACTORS);
  const rates = words.map(Number) as Fps[];
  const one = option(
    "frames of video a second",
    words.join(", ").replace(/, (\d+)$/, " or $1"),
    initial,
    (given) => rates.find((rate) => rate === numberOf(given)),
  );
  return { ...one, words };
}

/** What publishers send. */
export function media(): ScenarioOption<string, string> {
  return {
    ...text(
      "what is sent: synthetic, builtin (a test picture and a tone), or files",
      { default: SYNTHETIC },
    ),
    takes: "synthetic, builtin, or files with commas between",
    excludes: SETTLED_BY_FILES,
    verify: (value, { audio, video }) =>
      describeMedia(value, { audio: audio !== false, video: video !== false })
        .then(() => undefined, (error) => error.message),
  };
}

/** Whether publishers send their video in layers. */
export function simulcast(): ScenarioOption<boolean, boolean> {
  return {
    ...toggle(
      "whether the video goes out in three layers of 100, 300 and 900 kbps",
      { default: false },
    ),
    verify: (value, { video }) =>
      Promise.resolve(
        value && video === false
          ? "simulcast, video=false: there is no video to send in layers, leave one out."
          : undefined,
      ),
  };
}

/** How many clients when: `[{ duration: "30s", target: 20 }, …]`, or as text `30s:20,1m:20,10s:0`. */
export function stages(
  help: string,
  { default: initial }: {
    /** The default. */
    readonly default: readonly StageInput[];
  },
): ScenarioOption<readonly StageInput[] | string, readonly Stage[]> {
  return {
    help,
    takes: "stages such as 30s:20,1m:20,10s:0 (duration:clients)",
    default: initial,
    read(given) {
      const read = typeof given === "string"
        ? given.split(",").map(stageOfText)
        : Array.isArray(given)
        ? given.map(stageOf)
        : [];
      return read.length > 0 && read.every((stage) => stage !== undefined)
        ? { value: read }
        : problem(given, this.takes);
    },
    toJson: (value) =>
      value.map(({ durationMs, target }) => ({
        duration: formatDuration(durationMs),
        target,
      })),
  };
}

/** What a run must keep to; as text, one after another with `;` between. */
export function thresholds(
  help: string,
  { default: initial }: {
    /** The default. */
    readonly default: readonly string[];
  },
): ScenarioOption<readonly string[] | string, readonly Threshold[]> {
  return {
    help,
    takes: `thresholds such as "loss < 1%; join p(95) < 500ms"`,
    default: initial,
    read(given) {
      return readEach(given, parseThreshold, this.takes);
    },
    toJson: (value) => value.map(({ expression }) => expression),
  };
}

/** Bad networks for shares of the clients, as `run --impair` takes them; as text, one after another with `;` between. */
export function impairments(
  help: string,
  { default: initial }: {
    /** The default. */
    readonly default: readonly string[];
  },
): ScenarioOption<readonly string[] | string, readonly ImpairmentShare[]> {
  return {
    help,
    takes: `networks such as "wifi-lossy:30%; loss=5%,delay=50ms:10%"`,
    default: initial,
    read(given) {
      const reading = readEach(given, parseImpairmentShare, this.takes);
      if ("problem" in reading) return reading;
      const tooMany = shareProblem(reading.value);
      return tooMany === undefined ? reading : { problem: tooMany };
    },
    toJson: (value) => value.map(describeImpairmentShare),
  };
}

/** A list, or a text with `;` between its parts. */
function readEach<T>(
  given: unknown,
  parse: (text: string) => T,
  takes: string,
): OptionReading<readonly T[]> {
  const texts = typeof given === "string"
    ? given.split(";").map((part) => part.trim()).filter((part) => part !== "")
    : given;
  if (!Array.isArray(texts)) return problem(given, takes);
  try {
    return { value: texts.map((one) => parse(String(one))) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) {
      return { problem: error.message };
    }
    throw error;
  }
}

function option<T extends JsonValue>(
  help: string,
  takes: string,
  initial: T,
  read: (given: unknown) => T | undefined,
): ScenarioOption<T, T> {
  return {
    help,
    takes,
    default: initial,
    read: (given) => {
      const value = read(given);
      return value === undefined ? problem(given, takes) : { value };
    },
    toJson: (value) => value,
  };
}

function problem(given: unknown, takes: string): { readonly problem: string } {
  const shown = typeof given === "string" ? given : JSON.stringify(given);
  return { problem: `"${shown}" is not ${takes}` };
}

function numberOf(given: unknown): number {
  if (typeof given === "number") return given;
  return typeof given === "string" && /^(\d+\.?\d*|\.\d+)$/.test(given)
    ? Number(given)
    : NaN;
}

function stageOfText(given: string): Stage | undefined {
  const [, length, target] = /^\s*([^:\s]+)\s*:\s*(\d+)\s*$/.exec(given) ?? [];
  return target === undefined
    ? undefined
    : stageOf({ duration: length, target: Number(target) });
}

function stageOf(given: unknown): Stage | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const { duration: length, target } = given as Partial<StageInput>;
  const durationMs = typeof length === "string"
    ? readDuration(length)
    : undefined;
  return durationMs !== undefined && Number.isSafeInteger(target) &&
      target! >= 0
    ? { durationMs, target: target! }
    : undefined;
}
