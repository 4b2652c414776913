/**
 * What a server says of itself over HTTP: `/health` (JSON) and `/metrics`
 * (the Prometheus text format 0.0.4). Both parsers take what they understand
 * and pass over the rest, so that a newer or a different server still shows
 * what it has.
 *
 * @module
 */

import type { AbsentReading } from "./proc.ts";

/** The answer of `/health`. */
export interface Health {
  /** As the server words it; "ok" when it is well. */
  readonly status: string;
  /** People in rooms now. */
  readonly participants: number | null;
  /** Rooms that exist now. */
  readonly rooms: number | null;
}

/** The figures of `/metrics`; `null` for what the server does not tell. */
export interface ServerMetrics {
  /** WebSockets open now. */
  readonly connections: number | null;
  /** Rooms that exist now. */
  readonly rooms: number | null;
  /** People in rooms now. */
  readonly participants: number | null;
  /** Connections since the server started. */
  readonly connectionsTotal: number | null;
  /** Messages from clients since the server started. */
  readonly messagesReceivedTotal: number | null;
  /** Messages to clients since the server started. */
  readonly messagesSentTotal: number | null;
  /** Errors since the server started. */
  readonly errorsTotal: number | null;
  /** Changes since the sample before; missing in the first one. */
  readonly rates?: ServerRates;
}

/** How fast the totals grow. */
export interface ServerRates {
  /** New connections a second. */
  readonly connectionsHz: number | null;
  /** Messages from clients a second. */
  readonly messagesReceivedHz: number | null;
  /** Messages to clients a second. */
  readonly messagesSentHz: number | null;
  /** Errors a second. */
  readonly errorsHz: number | null;
  /** Mean time that the server took for a message, in milliseconds; `null` when it handled none. */
  readonly handlingMeanMs: number | null;
}

/** Values by metric name; a labelled metric is the sum over its labels, buckets are left out. */
export type MetricValues = ReadonlyMap<string, number>;

/** One look at the HTTP side of a server. */
export interface HttpReading {
  readonly kind: "http";
  readonly health?: Health;
  readonly values?: MetricValues;
  /** What went wrong with one of the two, a line each. */
  readonly problems: readonly string[];
}

/** Reads the body of `/health`; `undefined` when it is not a JSON object. */
export function parseHealth(body: string): Health | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const count = (field: unknown) => typeof field === "number" ? field : null;
  return {
    status: typeof fields.status === "string" ? fields.status : "unknown",
    participants: count(fields.participants),
    rooms: count(fields.rooms),
  };
}

/** Reads the body of `/metrics`, passing over every line that is not a sample. */
export function parsePrometheus(body: string): MetricValues {
  const values = new Map<string, number>();
  for (const line of body.split("\n")) {
    const found = line.match(
      /^\s*([a-zA-Z_:][\w:]*)\s*(?:\{.*\})?\s+([^\s{}]+)(?:\s+-?\d+)?\s*$/,
    );
    if (found === null || found[1].endsWith("_bucket")) continue;
    const value = Number(found[2]);
    if (!Number.isFinite(value)) continue;
    values.set(found[1], (values.get(found[1]) ?? 0) + value);
  }
  return values;
}

/** The figures in `after`, with rates when there is something `before` it. */
export function deriveMetrics(
  after: MetricValues,
  before?: MetricValues,
  intervalMs = 0,
): ServerMetrics {
  const value = (name: string) => lookUp(after, name);
  const metrics: ServerMetrics = {
    connections: value("connections_active"),
    rooms: value("rooms_active"),
    participants: value("participants_active"),
    connectionsTotal: value("connections_total"),
    messagesReceivedTotal: value("messages_received_total"),
    messagesSentTotal: value("messages_sent_total"),
    errorsTotal: value("errors_total"),
  };
  if (before === undefined || intervalMs <= 0) return metrics;
  const hz = (name: string) => {
    const grown = growth(after, before, name);
    return grown === null ? null : grown * 1_000 / intervalMs;
  };
  const handled = growth(after, before, "message_handling_seconds_count");
  const handlingSeconds = growth(
    after,
    before,
    "message_handling_seconds_sum",
  );
  return {
    ...metrics,
    rates: {
      connectionsHz: hz("connections_total"),
      messagesReceivedHz: hz("messages_received_total"),
      messagesSentHz: hz("messages_sent_total"),
      errorsHz: hz("errors_total"),
      handlingMeanMs: handled && handlingSeconds !== null
        ? handlingSeconds * 1_000 / handled
        : null,
    },
  };
}

/** Asks the server once. A server that cannot be reached is absent; one that answers strangely is a problem. */
export async function readHttp(
  baseUrl: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<HttpReading | AbsentReading> {
  const [health, metrics] = await Promise.all([
    get(`${baseUrl}/health`, undefined, signal),
    get(`${baseUrl}/metrics`, token, signal),
  ]);
  if ("lost" in health && "lost" in metrics) {
    return {
      kind: "absent",
      reason: `Cannot reach ${health.problem}`,
    };
  }
  const parsed = "body" in health ? parseHealth(health.body) : undefined;
  const problems = [health, metrics].flatMap((answer) =>
    "body" in answer ? [] : [answer.problem]
  );
  if ("body" in health && parsed === undefined) {
    problems.push(`${baseUrl}/health answers with something else than JSON`);
  }
  return {
    kind: "http",
    ...(parsed === undefined ? {} : { health: parsed }),
    ..."body" in metrics ? { values: parsePrometheus(metrics.body) } : {},
    problems,
  };
}

/** A server's name may lead: `simplestchat_rooms_active` answers to `rooms_active`. */
function lookUp(values: MetricValues, name: string): number | null {
  const exact = values.get(name);
  if (exact !== undefined) return exact;
  for (const [key, value] of values) if (key.endsWith(`_${name}`)) return value;
  return null;
}

/** How much a total grew; one that fell began anew at zero, with its server. */
function growth(
  after: MetricValues,
  before: MetricValues,
  name: string,
): number | null {
  const now = lookUp(after, name);
  const then = lookUp(before, name);
  if (now === null || then === null) return null;
  return now < then ? now : now - then;
}

type Answer =
  | { readonly body: string }
  | { readonly problem: string }
  | { readonly problem: string; readonly lost: true };

async function get(
  url: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      signal,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const body = await response.text();
    if (response.ok) return { body };
    return {
      problem: response.status === 401
        ? `${url} wants a token (401): give the server's METRICS_TOKEN`
        : `${url} answers ${response.status}`,
    };
  } catch (error) {
    return { problem: `${url}: ${cause(error)}`, lost: true };
  }
}

/** The innermost cause in its last words: "connection refused", "name or service not known". */
function cause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  if (error.cause instanceof Error) return cause(error.cause);
  const words = error.message.split(": ").at(-1) ?? error.message;
  return words.replace(/ \(os error \d+\)$/, "").toLowerCase();
}
