/**
 * From the text of a frame to a message. Bad text is an answer, never an
 * exception: a load test counts it and goes on.
 */

import { type ClientMessage, clientMessageSchemas } from "./client_messages.ts";
import {
  cut,
  type Fallbacks,
  MAX_WORDS_CHARS,
  mend,
} from "../../../ortc/mod.ts";
import { z } from "./deps.ts";
import { isReply } from "./replies.ts";
import { type ServerMessage, serverMessageSchemas } from "./server_messages.ts";
import { cutWords, wordsOfError } from "./words.ts";

/** What the text of one frame turned out to be. */
export type Parsed<Message> =
  | { readonly kind: "message"; readonly message: Message }
  /** An object with a `type` that this version does not know. */
  | { readonly kind: "unknown"; readonly type: string }
  /** Not JSON, not an object, without `type`, or with a wrong field; `reason` is one line. */
  | {
    readonly kind: "malformed";
    readonly reason: string;
    /** The object, where its `type` is one that answers requests. */
    readonly object?: { readonly type: string };
    /** The object, where it has no `type`. */
    readonly untyped?: Readonly<Record<string, unknown>>;
  };

/**
 * Reads a frame from the server, tolerantly: fields that this version does not
 * know stay in the message, so that capabilities can be sent back verbatim,
 * and what other servers say otherwise is mended where its meaning is clear.
 */
export function parseServerMessage(text: string): Parsed<ServerMessage> {
  const envelope = open(text, serverMessageSchemas);
  if (envelope.kind !== "known") return envelope;
  const { type, value } = envelope;
  const refused = (wrong: Malformed) =>
    isReply(type) ? { ...wrong, object: { ...value, type } } : wrong;
  // Each value but the first takes a character and a comma.
  if (text.length > 2 * MAX_VALUES && countValues(value) > MAX_VALUES) {
    const reason = `${type}: more than ${MAX_VALUES} values`;
    return refused({ kind: "malformed", reason });
  }
  if (type === "error" && typeof value.message !== "string") {
    value.message = wordsOfError(value);
  }
  const issue = mend(serverMessageSchemas[type], value, ABSENT);
  if (issue !== undefined) return refused(malformed(type, issue));
  if (text.length > MAX_WORDS_CHARS) cutWords(value);
  // The received object itself: the schemas change nothing, they only drop.
  return { kind: "message", message: value as unknown as ServerMessage };
}

/** People without a name, and lists of nobody. */
const ABSENT: Fallbacks = {
  name: () => "",
  participantName: () => "",
  participants: () => [],
  producers: () => [],
};

/** Of people in a room, a dozen each. Every one may be wrong, and what is wrong costs most. */
const MAX_VALUES = 50_000;

/** No schema looks deeper, and a message may go on for a million levels. */
const MAX_LEVELS = 8;

/** How many texts, numbers, lists and objects there are, not much further than {@linkcode MAX_VALUES}. */
function countValues(root: object): number {
  let count = 0;
  let level: object[] = [root];
  for (let depth = 0; depth < MAX_LEVELS && count <= MAX_VALUES; depth++) {
    const values = level.flatMap((one): unknown[] => Object.values(one));
    count += values.length;
    level = values.filter((one) => typeof one === "object" && one !== null);
  }
  return count;
}

/**
 * Reads a frame from a client, as strictly as the server does: unknown fields
 * are dropped, and optional ones that were `null` are `undefined`.
 */
export function parseClientMessage(text: string): Parsed<ClientMessage> {
  const envelope = open(text, clientMessageSchemas);
  if (envelope.kind !== "known") return envelope;
  const { type, value } = envelope;
  const result = clientMessageSchemas[type].safeParse(value);
  if (!result.success) return malformed(type, result.error.issues[0]);
  return {
    kind: "message",
    message: { type, ...result.data } as ClientMessage,
  };
}

type Malformed = Extract<Parsed<never>, { readonly kind: "malformed" }>;
type Envelope<Type> =
  | {
    readonly kind: "known";
    readonly type: Type;
    readonly value: Record<string, unknown>;
  }
  | { readonly kind: "unknown"; readonly type: string }
  | Malformed;

/** Parses the JSON once and finds its `type` in `table`. */
function open<Table extends object>(
  text: string,
  table: Table,
): Envelope<keyof Table> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "malformed", reason: "not JSON" };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { kind: "malformed", reason: "not an object" };
  }
  const type = "type" in value ? value.type : undefined;
  if (typeof type !== "string") {
    const reason = type === undefined
      ? "missing field `type`"
      : "field `type` is not a string";
    const untyped = value as Record<string, unknown>;
    return { kind: "malformed", reason, untyped };
  }
  // Object.hasOwn, so that a type called "toString" is not taken for a known one.
  return Object.hasOwn(table, type)
    ? {
      kind: "known",
      type: type as keyof Table,
      value: value as Record<string, unknown>,
    }
    : { kind: "unknown", type: cut(type) };
}

/** Names the first wrong field, for example ``consume: `producerId`: expected string``. */
function malformed(type: string, issue: z.core.$ZodIssue): Malformed {
  const path = z.core.toDotPath(issue.path);
  const what = issue.message.replace(/^Invalid input: /, "");
  return {
    kind: "malformed",
    reason: cut(
      path === "" ? `${type}: ${what}` : `${type}: \`${path}\`: ${what}`,
    ),
  };
}
