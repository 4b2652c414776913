/**
 * `set`: what future clients are like. One table of settings gives reading,
 * listing and completion.
 *
 * @module
 */

import {
  clipNamed,
  type Fps,
  MAX_CLIENTS,
  MAX_TRACKS,
  type MediaPlan,
  nearest,
  type Newcomers,
  SYNTHETIC,
} from "../../../tool.ts";
import { noEffects } from "../messages.ts";
import type { Model } from "../model.ts";
import { oneOf, wholeOf } from "../parse.ts";
import { FPS_NAMES, QUALITY_NAMES } from "./media.ts";
import { always, said, say, shown, type Verb } from "./verb.ts";

/** Sets what future clients are like. */
export const set: Verb = {
  usage: "NAME VALUE",
  help: "change what future clients are like; without NAME list it all",
  examples: ["set max-video 2", "set role viewer", "set room hall"],
  words: [
    always(
      "room",
      "rooms",
      "role",
      "audio",
      "video",
      "quality",
      "fps",
      "simulcast",
      "media",
      "max-audio",
      "max-video",
    ),
    always(
      "on",
      "off",
      "publisher",
      "viewer",
      ...QUALITY_NAMES,
      SYNTHETIC,
      "builtin",
    ),
  ],
  most: 2,
  run(model, { words: [name, value] }) {
    const { settings } = model.load;
    if (name === undefined) {
      return noEffects(shown(
        model,
        "settings of future clients",
        NAMES.map((known) => `${known} ${SETTINGS[known].show(settings)}`),
      ));
    }
    const known = oneOf(name, NAMES);
    if (known === undefined) {
      const meant = nearest(name, NAMES);
      return {
        problem: `There is no setting "${name}"${
          meant === undefined
            ? `: there are ${NAMES.join(", ")}.`
            : `, did you mean "${meant}"?`
        }`,
      };
    }
    const { takes, read, show } = SETTINGS[known];
    if (value === undefined) return said(model, `${known} ${show(settings)}`);
    const { clip, simulcast } = settings.media;
    if ((known === "quality" || known === "fps") && clip !== undefined) {
      return {
        problem:
          `${known} is the file's own with media ${clip}: "set media ${SYNTHETIC}" first.`,
      };
    }
    if (known === "simulcast" && value === "on") {
      if (clip !== undefined) {
        return {
          problem:
            `A file has one layer, media is ${clip}: "set media ${SYNTHETIC}" first.`,
        };
      }
      if (model.server?.engine === "werift") {
        return {
          problem:
            "The engine werift forwards no layers: start with --embedded=mediasoup.",
        };
      }
    }
    if (known === "media" && clipNamed(value) !== undefined && simulcast) {
      return { problem: `A file has one layer: "set simulcast off" first.` };
    }
    const next = read(value, settings);
    if (next === undefined) return { problem: `${known} takes ${takes}.` };
    const { media } = next;
    if (!media.audio && !media.video) {
      return { problem: "Audio or video must stay on." };
    }
    // Only the files can tell whether anything of them would still be sent.
    if (media.clip !== undefined && OF_FILES.includes(known)) {
      return {
        model: { ...model, choosing: true },
        effects: [{ type: "chooseMedia", media }],
      };
    }
    return noEffects({
      ...say(model, `${known} ${show(next)}, for clients yet to come`),
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

interface Setting {
  readonly takes: string;
  readonly show: (settings: Newcomers) => string;
  /** The settings with this value; `undefined` for one that makes no sense. */
  readonly read: (text: string, settings: Newcomers) => Newcomers | undefined;
}

const SETTINGS = {
  room: {
    takes: "a room's id",
    show: ({ room }) => room,
    read: (room, settings) => room === "" ? undefined : { ...settings, room },
  },
  rooms: count(
    1,
    MAX_CLIENTS,
    ({ rooms }) => rooms,
    (rooms, settings) => ({ ...settings, rooms }),
  ),
  role: {
    takes: "publisher or viewer",
    show: ({ role }) => role,
    read(text, settings) {
      const role = oneOf(text, ["publisher", "viewer"]);
      return role && { ...settings, role };
    },
  },
  audio: onOff("audio"),
  video: onOff("video"),
  quality: {
    takes: QUALITY_NAMES.join(", "),
    show: ({ media }) => media.quality,
    read(text, settings) {
      const quality = oneOf(text, QUALITY_NAMES);
      return quality && withMedia(settings, { quality });
    },
  },
  fps: {
    takes: FPS_NAMES.join(", "),
    show: ({ media }) => `${media.fps}`,
    read(text, settings) {
      const fps = oneOf(text, FPS_NAMES);
      return fps && withMedia(settings, { fps: Number(fps) as Fps });
    },
  },
  simulcast: {
    takes: "on or off",
    show: ({ media }) => media.simulcast ? "on" : "off",
    read(text, settings) {
      const word = oneOf(text, ["on", "off"]);
      return word && withMedia(settings, { simulcast: word === "on" });
    },
  },
  media: {
    takes: `${SYNTHETIC}, builtin, or files with commas between`,
    show: ({ media }) => media.clip ?? SYNTHETIC,
    read: (text, settings) => withMedia(settings, { clip: clipNamed(text) }),
  },
  "max-audio": count(
    0,
    MAX_TRACKS,
    ({ media }) => media.maxAudio,
    (maxAudio, settings) => withMedia(settings, { maxAudio }),
  ),
  "max-video": count(
    0,
    MAX_TRACKS,
    ({ media }) => media.maxVideo,
    (maxVideo, settings) => withMedia(settings, { maxVideo }),
  ),
} as const satisfies Readonly<Record<string, Setting>>;

type Name = keyof typeof SETTINGS;

const NAMES = Object.keys(SETTINGS) as Name[];

/** Newcomers that say what is sent of files. */
const OF_FILES: readonly Name[] = ["media", "audio", "video"];

function count(
  min: number,
  max: number,
  get: (settings: Newcomers) => number,
  put: (value: number, settings: Newcomers) => Newcomers,
): Setting {
  return {
    takes: `a whole number from ${min} to ${max}`,
    show: (settings) => `${get(settings)}`,
    read(text, settings) {
      const value = wholeOf(text, min, max);
      return value === undefined ? undefined : put(value, settings);
    },
  };
}

function onOff(kind: "audio" | "video"): Setting {
  return {
    takes: "on or off",
    show: ({ media }) => media[kind] ? "on" : "off",
    read(text, settings) {
      const word = oneOf(text, ["on", "off"]);
      return word && withMedia(settings, { [kind]: word === "on" });
    },
  };
}

function withMedia(
  settings: Newcomers,
  media: Partial<Newcomers["media"]>,
): Newcomers {
  return { ...settings, media: { ...settings.media, ...media } };
}
