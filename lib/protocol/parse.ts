/**
 * From the text of a frame to a message. Bad text is an answer, never an
 * exception: a load test counts it and goes on.
 */

import { type ClientMessage, clientMessageSchemas } from "./client_messages.ts";
import { z } from "./deps.ts";
import { type ServerMessage, serverMessageSchemas } from "./server_messages.ts";

/** What the text of one frame turned out to be. */
export type Parsed<Message> =
  | { readonly kind: "message"; readonly message: Message }
  /** An object with a `type` that this version does not know. */
  | { readonly kind: "unknown"; readonly type: string }
  /** Not JSON, not an object, without `type`, or with a wrong field; `reason` is one line. */
  | { readonly kind: "malformed"; readonly reason: string };

/**
 * Reads a frame from the server, tolerantly: fields that this version does not
 * know stay in the message, so that capabilities can be sent back verbatim.
 */
export function parseServerMessage(text: string): Parsed<ServerMessage> {
  const envelope = open(text, serverMessageSchemas);
  if (envelope.kind !== "known") return envelope;
  const { type, value } = envelope;
  const result = serverMessageSchemas[type].safeParse(value);
  if (!result.success) return malformed(type, result.error);
  // The received object itself: the schemas change nothing, they only drop.
  return { kind: "message", message: value as ServerMessage };
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
  if (!result.success) return malformed(type, result.error);
  return {
    kind: "message",
    message: { type, ...result.data } as ClientMessage,
  };
}

type Malformed = { readonly kind: "malformed"; readonly reason: string };
type Envelope<Type> =
  | { readonly kind: "known"; readonly type: Type; readonly value: object }
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
  if (type === undefined) {
    return { kind: "malformed", reason: "missing field `type`" };
  }
  if (typeof type !== "string") {
    return { kind: "malformed", reason: "field `type` is not a string" };
  }
  // Object.hasOwn, so that a type called "toString" is not taken for a known one.
  return Object.hasOwn(table, type)
    ? { kind: "known", type: type as keyof Table, value }
    : { kind: "unknown", type };
}

/** Names the first wrong field, for example ``consume: `producerId`: expected string``. */
function malformed(type: string, error: z.ZodError): Malformed {
  const [issue] = error.issues;
  if (issue === undefined) return { kind: "malformed", reason: type };
  const path = z.core.toDotPath(issue.path);
  const what = issue.message.replace(/^Invalid input: /, "");
  return {
    kind: "malformed",
    reason: path === "" ? `${type}: ${what}` : `${type}: \`${path}\`: ${what}`,
  };
}
