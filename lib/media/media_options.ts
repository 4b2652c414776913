/**
 * What a client sends and receives, as a table of options: a row is read by
 * the command line, scenarios and the session alike, and the values go with a
 * client's plan to wherever it runs.
 *
 * @module
 */

import {
  choice,
  numberOfFew,
  type Option,
  text,
  toggle,
  whole,
  withDefault,
  yesOrNo,
} from "../options/mod.ts";
import { clipNamed, describeMedia, SYNTHETIC } from "./described.ts";
import {
  type Fps,
  FPS_BITRATE_FACTORS,
  QUALITIES,
  type Quality,
} from "./send/presets.ts";

/** Tracks of one kind that a client may want; how many it gets is the server's matter. */
export const MAX_TRACKS = 10_000;

/**
 * What of a browser's sending a publisher does, as far as the router offers it:
 * `browser` numbers packets across its streams and says when they leave, so
 * that the server can report on each; sends lost audio again too; reports as
 * often as a browser; and sends simulcast under names (`rid`), in three
 * layers in time each. `plain` does none of that.
 */
export type Profile = "browser" | "plain";

const PROFILES: readonly Profile[] = ["browser", "plain"];

/** What a client sends and receives. */
export interface MediaSettings {
  /** Whether publishers send audio, and viewers receive it. @default {true} */
  readonly audio: boolean;
  /** Whether publishers send video, and viewers receive it. @default {true} */
  readonly video: boolean;
  /** Quality of the video. @default {"480p"} */
  readonly quality: Quality;
  /** Frames of it a second. @default {30} */
  readonly fps: Fps;
  /** Whether the video goes out in three layers of 100, 300 and 900 kbps, from which the server chooses. @default {false} */
  readonly simulcast?: boolean | undefined;
  /** Bit rate of the audio, in kbps. @default {128} */
  readonly audioBitrate: number;
  /** As what a publisher shows itself to the server. @default {"browser"} */
  readonly profile?: Profile | undefined;
  /**
   * What publishers send: `synthetic`, `builtin`, or files such as
   * `talk.webm`, with commas between, whose quality and frame rate are their
   * own. @default {"synthetic"}
   */
  readonly media: string;
  /** Audio tracks that a client receives, at most. @default {4} */
  readonly maxAudio: number;
  /** Video tracks that a client receives, at most. @default {4} */
  readonly maxVideo: number;
}

/** What a script says of it; the rest is as by default. */
export type MediaOptions = Partial<MediaSettings>;

/** The same as a plan has it. */
export interface MediaPlan extends Omit<MediaSettings, "media"> {
  /**
   * Files that publishers send, with commas between: `builtin`, `talk.webm`.
   * @default {synthetic media}
   */
  readonly clip?: string | undefined;
}

/** Tracks of each kind that a client receives at most. */
export function mostReceived(
  { audio, video, maxAudio, maxVideo }: MediaPlan,
): Readonly<Record<"audio" | "video", number>> {
  return { audio: audio ? maxAudio : 0, video: video ? maxVideo : 0 };
}

/** A row for each. */
export type MediaOptionTable = {
  readonly [Key in keyof MediaSettings]-?: Option<
    NonNullable<MediaSettings[Key]>,
    NonNullable<MediaSettings[Key]>
  >;
};

/** The quality of video. */
export function qualityOption(
  initial: Quality = "480p",
): Option<Quality, Quality> {
  return withDefault(choice(Object.keys(QUALITIES) as Quality[]), {
    short: "q",
    help: "quality of the video: 1.0, 2.5 and 4.5 Mbps at 30 frames a second",
    default: initial,
    live: true,
  });
}

/** Frames of video a second. */
export function fpsOption(initial: Fps = 30): Option<Fps, Fps> {
  const rates = Object.keys(FPS_BITRATE_FACTORS).map(Number) as Fps[];
  return withDefault(numberOfFew(rates), {
    help: "frames of video a second; 0.6, 1 and 1.5 times the bit rate",
    default: initial,
    live: true,
  });
}

/** The rows, in the order in which help shows them. */
export const MEDIA_OPTIONS: MediaOptionTable = {
  audio: withDefault(yesOrNo, {
    help: "whether there is audio",
    default: true,
    live: true,
    flag: {
      name: "videoOnly",
      help: "send and receive no audio",
      given: false,
      excludes: ["audioBitrate", "maxAudio"],
    },
  }),
  video: withDefault(yesOrNo, {
    help: "whether there is video",
    default: true,
    live: true,
    flag: {
      name: "audioOnly",
      help: "send and receive no video",
      given: false,
      excludes: ["videoOnly", "quality", "fps", "simulcast", "maxVideo"],
    },
  }),
  quality: qualityOption(),
  fps: fpsOption(),
  simulcast: toggle(yesOrNo, {
    help:
      "send video in three layers of 100, 300 and 900 kbps; the server chooses",
    default: false,
    live: true,
    verify: (value, { video }) =>
      Promise.resolve(
        value && video === false
          ? "simulcast, video=off: there is no video to send in layers, leave one out."
          : undefined,
      ),
  }),
  audioBitrate: withDefault(whole(6, 128), {
    help: "bit rate of the audio, in kbps",
    default: 128,
    live: true,
  }),
  profile: withDefault(choice(PROFILES), {
    help:
      "as what publishers show themselves: a browser (RTX, transport-cc, rid), or plain RTP",
    default: "browser",
    live: true,
  }),
  media: withDefault(
    {
      ...text("FILE,…"),
      takes: "synthetic, builtin, or files with commas between",
    },
    {
      help:
        "what is sent: synthetic, builtin (a test picture and a melody), or WebM, IVF, Ogg files",
      default: SYNTHETIC,
      live: true,
      // These a file settles by itself.
      excludes: ["quality", "fps", "simulcast", "audioBitrate"],
      verify: (value, { audio, video }) =>
        describeMedia(value, { audio: audio !== false, video: video !== false })
          .then(() => undefined, (error) => error.message),
    },
  ),
  maxAudio: withDefault(whole(0, MAX_TRACKS), {
    help: "audio tracks that a client receives at most",
    default: 4,
    live: true,
  }),
  maxVideo: withDefault(whole(0, MAX_TRACKS), {
    help: "video tracks that a client receives at most",
    default: 4,
    live: true,
  }),
};

/** The media of a client, with what is left open as by default. */
export function mediaPlanOf(options: MediaOptions): MediaPlan {
  const { media, ...plan } = mediaSettingsOf(options);
  const clip = clipNamed(media);
  return clip === undefined ? plan : { ...plan, clip };
}

/** The settings that a plan was made of. */
export function mediaSettings({ clip, ...plan }: MediaPlan): MediaSettings {
  return mediaSettingsOf({ ...plan, media: clip ?? SYNTHETIC });
}

function mediaSettingsOf(options: MediaOptions): MediaSettings {
  return Object.fromEntries(
    Object.entries(MEDIA_OPTIONS).map(([key, option]) => [
      key,
      options[key as keyof MediaOptions] ?? option.default,
    ]),
  ) as unknown as MediaSettings;
}
