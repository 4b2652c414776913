/**
 * What an adapter may answer: each answer is looked at before anybody uses it,
 * for it may be what a server said, or a slip of whoever wrote the adapter.
 */

import { z } from "../../ortc/deps.ts";
import {
  absentOrNull,
  consumerRtpParametersSchema,
  dtlsParametersSchema,
  iceCandidateSchema,
  iceParametersSchema,
  MAX_ICE_CANDIDATES,
  mediaKindSchema,
  readCandidateLine,
  rtpCapabilitiesSchema,
} from "../../ortc/mod.ts";

const id = z.string().min(1);

/** mediasoup says `ip` before 3.14 and both after that; others write lines of SDP. */
const iceCandidates = z.array(z.preprocess(
  (candidate) =>
    readCandidateLine(candidate) ??
      (typeof candidate === "object" && candidate !== null && "ip" in candidate
        ? { address: candidate.ip, ...candidate }
        : candidate),
  iceCandidateSchema,
)).max(MAX_ICE_CANDIDATES);

/** By operation; those that are not here may be answered with anything. */
export const ANSWERS = {
  capabilities: rtpCapabilitiesSchema,
  transport: z.object({
    id,
    iceParameters: iceParametersSchema,
    iceCandidates,
    dtlsParameters: dtlsParametersSchema,
  }),
  restart: z.object({
    iceParameters: iceParametersSchema,
    iceCandidates: absentOrNull(iceCandidates),
  }),
  producer: z.object({ id }),
  consumer: z.object({
    id,
    producerId: id,
    kind: mediaKindSchema,
    rtpParameters: consumerRtpParametersSchema,
  }),
} as const;

const method = z.custom<() => unknown>(
  (value) => typeof value === "function",
  "it is no method",
);

/** What an adapter makes; what of it may be missing is looked for where it is used. */
export const sessionSchema = z.object({
  peerId: absentOrNull(id),
  receiveTransports: absentOrNull(z.enum(["one", "onePerConsumer"])),
  routerRtpCapabilities: method,
  createTransport: method,
  connectTransport: method,
  join: method.optional(),
  produce: method,
  pauseProducer: method.optional(),
  resumeProducer: method.optional(),
  consume: method.optional(),
  resumeConsumer: method.optional(),
  pauseConsumer: method.optional(),
  preferLayer: method.optional(),
  restartIce: method.optional(),
  leave: method,
});

/** Empty where nobody says. */
const whose = absentOrNull(id).transform((peerId) => peerId ?? "");

/** What an adapter may tell. */
export const NEWS = {
  id,
  paused: z.tuple([id, z.boolean()]),
  layers: z.tuple([id, z.int().min(0).nullable()]),
  words: z.string().optional(),
  producer: z.object({
    id,
    peerId: whose,
    kind: absentOrNull(mediaKindSchema),
    paused: absentOrNull(z.boolean()),
  }),
  consumer: ANSWERS.consumer.extend({
    peerId: whose,
    paused: absentOrNull(z.boolean()),
  }),
} as const;

/** The first thing that is wrong with an answer, with its place in it. */
export function problemOf(error: z.ZodError): string {
  const { path, message } = error.issues[0];
  const place = path.join(".");
  return place === "" ? message : `${place}: ${message}`;
}
