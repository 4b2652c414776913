/**
 * `set`: what future clients are like. One table of settings gives reading,
 * listing and completion.
 *
 * @module
 */

import {
  liveOptions,
  MEDIA_OPTIONS,
  type MediaPlan,
  mediaPlanOf,
  mediaSettings,
  nearest,
  type Newcomers,
  type OptionTable,
  TIMED_MEETING_OPTIONS,
  typedValue,
  withDefault,
} from "../../../tool.ts";
import { noEffects } from "../messages.ts";
import type { Model } from "../model.ts";
import { ROLE } from "./people.ts";
import { said, say, shown, type Verb } from "./verb.ts";

/** What `set` changes: the live options of a meeting, and who publishes. */
const { room, rooms, ...others } = liveOptions({ ...TIMED_MEETING_OPTIONS });
const SETTINGS: OptionTable = {
  room,
  rooms,
  role: withDefault(ROLE, {
    help: "whether they publish",
    default: "publisher",
  }),
  ...others,
};

/** Their keys, by the names under which they are typed. */
const KEYS: ReadonlyMap<string, string> = new Map(
  Object.keys(SETTINGS).map((key) => [
    key.replaceAll(/[A-Z]/g, (big) => `-${big.toLowerCase()}`),
    key,
  ]),
);
const NAMES = [...KEYS.keys()];

/** Sets what future clients are like. */
export const set: Verb = {
  usage: "NAME VALUE",
  help: "change what future clients are like; without NAME list it all",
  examples: ["set max-video 2", "set role viewer", "set room hall"],
  // People write "set max-video=2" as well; what Tab offers is the other form.
  options: Object.fromEntries(NAMES.map((name) => [name, () => []])),
  optionsFor: () => ({}),
  words: [
    () => NAMES,
    () => [
      ...new Set(Object.values(SETTINGS).flatMap(({ words = [] }) => words)),
    ],
  ],
  most: 2,
  run(model, { words, options }) {
    const written = [...options];
    const isMixed = written.length > 0 && words.length > 0;
    if (isMixed || written.length > 1) {
      return { problem: "set changes one at a time: set max-video 2." };
    }
    const [name, value] = written.at(0) ?? words;
    const { settings } = model.load;
    if (name === undefined) {
      return noEffects(shown(
        model,
        "settings of future clients",
        NAMES.map((known) => shownSetting(known, settings)),
      ));
    }
    const key = KEYS.get(name);
    if (key === undefined) {
      const meant = nearest(name, NAMES);
      return {
        problem: `There is no setting "${name}"${
          meant === undefined
            ? `: there are ${NAMES.join(", ")}.`
            : `, did you mean "${meant}"?`
        }`,
      };
    }
    if (value === undefined) return said(model, shownSetting(name, settings));
    const { takes, read } = SETTINGS[key];
    const reading = read(value);
    if ("problem" in reading) return { problem: `${name} takes ${takes}.` };
    const problem = obstacleTo(
      key,
      reading.value,
      model.load,
      model.server?.engine,
    );
    if (problem !== undefined) return { problem };
    const next = withValue(settings, key, reading.value);
    const { media } = next;
    if (!media.audio && !media.video) {
      return { problem: "Audio or video must stay on." };
    }
    // Only the files can tell whether anything of them would still be sent.
    if (media.clip !== undefined && OF_FILES.includes(key)) {
      return {
        model: { ...model, choosing: true },
        effects: [{ type: "chooseMedia", media }],
      };
    }
    return noEffects({
      ...say(model, `${shownSetting(name, next)}, for clients yet to come`),
      load: { ...model.load, settings: next },
    });
  },
};

/** The model in which future clients send these media. */
export function mediaChosen(
  model: Model,
  { media, text }: { readonly media: MediaPlan; readonly text: string },
): Model {
  const { load } = model;
  return {
    ...say(model, `media ${text}, for clients yet to come`),
    load: { ...load, settings: { ...load.settings, media } },
  };
}

/** What is sent of files is theirs to say. */
const OF_FILES: readonly string[] = ["media", "audio", "video"];

function shownSetting(name: string, settings: Newcomers): string {
  const key = KEYS.get(name)!;
  const value = valuesOf(settings)[key];
  return `${name} ${typedValue(SETTINGS[key].toJson(value))}`;
}

function valuesOf(
  { media, ...settings }: Newcomers,
): Readonly<Record<string, unknown>> {
  return { ...settings, ...mediaSettings(media) };
}

function withValue(
  settings: Newcomers,
  key: string,
  value: unknown,
): Newcomers {
  return Object.hasOwn(MEDIA_OPTIONS, key)
    ? {
      ...settings,
      media: mediaPlanOf({ ...mediaSettings(settings.media), [key]: value }),
    }
    : { ...settings, [key]: value };
}

/** Why a setting cannot be had beside the others, and what to set first. */
function obstacleTo(
  key: string,
  value: unknown,
  { settings }: Model["load"],
  engine: string | null | undefined,
): string | undefined {
  const { clip, simulcast } = settings.media;
  const { excludes = [], default: synthetic } = MEDIA_OPTIONS.media;
  if (clip !== undefined && excludes.includes(key) && value !== false) {
    return `${key} is the file's own with media ${clip}: "set media ${synthetic}" first.`;
  }
  if (key === "simulcast" && value === true && engine === "werift") {
    return "The engine werift forwards no layers: start with --embedded=mediasoup.";
  }
  return key === "media" && value !== synthetic && simulcast
    ? `A file has one layer: "set simulcast off" first.`
    : undefined;
}
