/**
 * The verbs about media: mute, unmute, pause, resume, quality, layers.
 *
 * @module
 */

import {
  formatCounted,
  MEDIA_OPTIONS,
  numberOfFew,
  roster,
} from "../../../tool.ts";
import type { Effect, Step } from "../messages.ts";
import type { Model } from "../model.ts";
import { isProblem, type Problem, valueOf } from "../parse.ts";
import {
  always,
  membersOf,
  say,
  selectionIn,
  someClients,
  type Verb,
} from "./verb.ts";

const { quality: QUALITY, fps: FPS } = MEDIA_OPTIONS;

/** The layers of simulcast. */
const LAYER = numberOfFew([0, 1, 2]);

type Kind = "audio" | "video";
const KINDS = ["audio", "video"] as const satisfies readonly Kind[];

/** Audio off. */
export const mute: Verb = silencing("mute", true, ["audio"], "send no audio");
/** Audio on again. */
export const unmute: Verb = silencing(
  "unmute",
  false,
  ["audio"],
  "send audio again",
);
/** Everything off. */
export const pause: Verb = silencing("pause", true, KINDS, "send nothing");
/** Everything on again. */
export const resume: Verb = silencing(
  "resume",
  false,
  KINDS,
  "send everything again",
);

/** Another video quality. */
export const quality: Verb = {
  usage: `${QUALITY.placeholder} [IDS] [fps=${FPS.placeholder}]`,
  help: "send video of another quality, these or all",
  examples: ["quality 720p", "quality 480p 0-3 fps=15"],
  options: { fps: always(...FPS.words ?? []) },
  words: [always(...QUALITY.words ?? []), someClients],
  most: 2,
  run(model, { words: [name, ids], options }) {
    const wanted = valueOf(QUALITY, name);
    if (wanted === undefined) {
      return { problem: `quality takes ${QUALITY.takes}.` };
    }
    const fps = valueOf(
      FPS,
      options.get("fps") ?? `${model.load.settings.media.fps}`,
    );
    if (fps === undefined) return { problem: `fps= takes ${FPS.takes}.` };
    const clients = membersOf(model, ids);
    if (isProblem(clients)) return clients;
    const chosen = new Set(clients);
    const filed = model.load.members.find(({ index, media }) =>
      chosen.has(index) && media.clip !== undefined
    );
    if (filed !== undefined) {
      return {
        problem:
          `Client ${filed.index} sends ${filed.media.clip}: a file's quality is its own.`,
      };
    }
    const next = say(
      model,
      `${formatCounted(clients.length, "client")} at ${wanted}, ${fps} fps`,
    );
    return {
      model: {
        ...next,
        load: roster.withQuality(model.load, clients, wanted, fps),
      },
      effects: [{
        type: "command",
        command: { type: "quality", clients, quality: wanted, fps },
      }],
    };
  },
};

/** Another layer of what they receive. */
export const layers: Verb = {
  usage: "0|1|2 [IDS]",
  help: "ask for this layer of simulcast, these or all; 0 is the smallest",
  examples: ["layers 0", "layers 2 1-3"],
  words: [always(...LAYER.words ?? []), someClients],
  run(model, { words: [name = "", ...ids] }) {
    const layer = valueOf(LAYER, name);
    if (layer === undefined) {
      return { problem: `layers takes ${LAYER.takes}.` };
    }
    const selection = selectionIn("layers", ids);
    if (typeof selection === "object") return selection;
    const clients = membersOf(model, selection);
    if (isProblem(clients)) return clients;
    const text = `${
      formatCounted(clients.length, "client")
    } asking for layer ${layer}`;
    return {
      model: say(model, text),
      effects: [{
        type: "command",
        command: { type: "layers", clients, spatialLayer: layer },
      }],
    };
  },
};

function silencing(
  name: string,
  paused: boolean,
  kinds: readonly Kind[],
  help: string,
): Verb {
  const chooses = kinds.length > 1;
  return {
    usage: chooses ? "[IDS] [kind=audio|video]" : "[IDS]",
    help: `have these clients, or all, ${help}`,
    examples: [name, `${name} 0-2`],
    options: chooses ? { kind: always(...KINDS) } : {},
    words: [someClients],
    most: 1,
    run(model, { words: [ids], options }) {
      const kind = options.get("kind");
      const chosen = kind === undefined
        ? kinds
        : KINDS.filter((known) => known === kind);
      if (chosen.length === 0) {
        return { problem: "kind= takes audio or video." };
      }
      return silence(model, ids, paused, chosen);
    },
  };
}

function silence(
  model: Model,
  ids: string | undefined,
  paused: boolean,
  kinds: readonly Kind[],
): Step | Problem {
  const clients = membersOf(model, ids);
  if (isProblem(clients)) return clients;
  const load = roster.silenced(model.load, clients, kinds, paused);
  const text = `${formatCounted(clients.length, "client")} ${
    paused ? "without" : "with"
  } ${kinds.join(" and ")}`;
  const effects = kinds.map((kind): Effect => ({
    type: "command",
    command: { type: "pause", clients, kind, paused },
  }));
  return { model: { ...say(model, text), load }, effects };
}
