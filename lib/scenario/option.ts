/**
 * The options of a scenario, as its author writes them down: each entry says
 * once what it takes, and reading, defaults, help and the record of a run come
 * from that. A value may be given as a script does (`20`, `true`) or as text
 * (`"20"`, `"on"`), as a command line does.
 *
 * @module
 */

import type { ImpairmentShare, Stage } from "../load/mod.ts";
import {
  type Fps,
  fpsOption,
  MEDIA_OPTIONS,
  type Quality,
  qualityOption,
} from "../media/mod.ts";
import type { Threshold } from "../metrics/mod.ts";
import {
  choice,
  decimal,
  duration as time,
  formatDuration,
  many,
  type Option,
  readDuration,
  refused,
  text as words,
  toggle as yesOrNoOption,
  type ValueKind,
  whole,
  withDefault,
  yesOrNo,
} from "../options/mod.ts";
import { IMPAIRMENTS, THRESHOLDS } from "./kinds.ts";

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
): Option<number, number> {
  return withDefault(whole(min, max), { help, default: initial });
}

/** A number, fractions allowed. */
export function decimalNumber(
  help: string,
  { default: initial, min = 0, max = 100_000 }: NumberBounds,
): Option<number, number> {
  return withDefault(decimal("N", min, max), { help, default: initial });
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
): Option<string, number> {
  return withDefault(time(min), { help, default: initial });
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
): Option<Word, Word> {
  return withDefault(choice(words), { help, default: initial });
}

/** Yes or no. */
export function toggle(
  help: string,
  { default: initial }: {
    /** The default. */
    readonly default: boolean;
  },
): Option<boolean, boolean> {
  return yesOrNoOption(yesOrNo, { help, default: initial });
}

/** Any text that is not empty. */
export function text(
  help: string,
  { default: initial }: {
    /** The default. */
    readonly default: string;
  },
): Option<string, string> {
  return withDefault(words("TEXT"), { help, default: initial });
}

/** The quality of video. */
export function quality(initial?: Quality): Option<Quality, Quality> {
  return qualityOption(initial);
}

/** Frames of video a second. */
export function fps(initial?: Fps): Option<Fps, Fps> {
  return fpsOption(initial);
}

/** What publishers send. */
export function media(): Option<string, string> {
  return MEDIA_OPTIONS.media;
}

/** Whether publishers send their video in layers. */
export function simulcast(): Option<boolean, boolean> {
  return MEDIA_OPTIONS.simulcast;
}

/** How many clients when: `[{ duration: "30s", target: 20 }, …]`, or as text `30s:20,1m:20,10s:0`. */
export function stages(
  help: string,
  { default: initial }: {
    /** The default. */
    readonly default: readonly StageInput[];
  },
): Option<readonly StageInput[] | string, readonly Stage[]> {
  const takes = "stages such as 30s:20,1m:20,10s:0 (duration:clients)";
  const kind: ValueKind<readonly Stage[]> = {
    placeholder: "T:N,…",
    takes,
    read(given) {
      const read = typeof given === "string"
        ? given.split(",").map(stageOfText)
        : Array.isArray(given)
        ? given.map(stageOf)
        : [];
      return read.length > 0 && read.every((stage) => stage !== undefined)
        ? { value: read }
        : refused(given, takes);
    },
    toJson: (value) =>
      value.map(({ durationMs, target }) => ({
        duration: formatDuration(durationMs),
        target,
      })),
  };
  return withDefault(kind, { help, default: initial });
}

/** What a run must keep to; as text, one after another with `;` between. */
export function thresholds(
  help: string,
  { default: initial }: {
    /** The default. */
    readonly default: readonly string[];
  },
): Option<readonly string[] | string, readonly Threshold[]> {
  return many(THRESHOLDS, { help, default: initial });
}

/** Bad networks for shares of the clients, as `run --impair` takes them; as text, one after another with `;` between. */
export function impairments(
  help: string,
  { default: initial }: {
    /** The default. */
    readonly default: readonly string[];
  },
): Option<readonly string[] | string, readonly ImpairmentShare[]> {
  return many(IMPAIRMENTS, { help, default: initial });
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
