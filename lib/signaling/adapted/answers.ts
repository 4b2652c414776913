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
  mend,
  rtpCapabilitiesSchema,
} from "../../ortc/mod.ts";

const id = z.string().min(1);

const iceCandidates = z.array(iceCandidateSchema).max(MAX_ICE_CANDIDATES);

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

/** What is given back to the server as it came: another one would be no track's. */
const IDS: ReadonlySet<PropertyKey> = new Set(["id", "producerId", "peerId"]);

/**
 * Reads what a server said through an adapter, in whatever dialect (`null` for
 * what is absent, numbers as text); what was given stays as it is. Returns
 * what it says, or the first thing that is wrong.
 */
export function readSaid<Said>(
  schema: z.ZodType<Said>,
  given: unknown,
): { readonly said: Said } | { readonly issue: z.core.$ZodIssue } {
  const { data, error } = schema.safeParse(given);
  if (error === undefined) return { said: data };
  const issue = error.issues.find(({ path }) =>
    path.length === 1 && IDS.has(path[0])
  );
  const copy = issue === undefined ? copyOf(given) : undefined;
  if (copy === undefined) return { issue: issue ?? error.issues[0] };
  const left = mend(schema, copy);
  return left === undefined ? { said: schema.parse(copy) } : { issue: left };
}

/** `undefined` for what is no object, or more than data. */
function copyOf(given: unknown): object | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  try {
    return structuredClone(given);
  } catch {
    return undefined;
  }
}

/** What is wrong with an answer, with its place in it. */
export function problemOf({ path, message }: z.core.$ZodIssue): string {
  const place = path.join(".");
  return place === "" ? message : `${place}: ${message}`;
}
