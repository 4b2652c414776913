/**
 * What a server says of itself over HTTP: `/health` (JSON) and `/metrics`
 * (the Prometheus text format 0.0.4). Both parsers take what they understand
 * and pass over the rest, so that a newer or a different server still shows
 * what it has.
 *
 * @module
 */

import { getBody, type GetOptions } from "./http_body.ts";
import { isPlausible } from "./plausible.ts";
import type { AbsentReading } from "./proc.ts";
import type { MonitorTarget } from "./target.ts";

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

/** What was read of a page. */
export interface Parsed<T> {
  /** What it tells. */
  readonly value: T;
  /** The names of figures that cannot be, and were left out. */
  readonly impossible: readonly string[];
}

/** Characters of a status that are kept. */
const MAX_STATUS = 100;

/** Reads the body of `/health`; `undefined` when it is not a JSON object. */
export function parseHealth(body: string): Parsed<Health> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return undefined;
  }
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const impossible: string[] = [];
  const count = (name: string) => {
    const field = fields[name];
    if (typeof field !== "number") return null;
    if (isPlausible(field)) return field;
    impossible.push(name);
    return null;
  };
  const { status } = fields;
  return {
    value: {
      status: typeof status === "string"
        ? status.slice(0, MAX_STATUS)
        : "unknown",
      participants: count("participants"),
      rooms: count("rooms"),
    },
    impossible,
  };
}

/** The metrics that are looked at, with or without a prefix. */
const METRICS = [
  "connections_active",
  "rooms_active",
  "participants_active",
  "connections_total",
  "messages_received_total",
  "messages_sent_total",
  "errors_total",
  "message_handling_seconds_count",
  "message_handling_seconds_sum",
] as const;

type MetricName = typeof METRICS[number];

/** Reads the body of `/metrics`, passing over every line that is not a sample. */
export function parsePrometheus(body: string): Parsed<MetricValues> {
  const values = new Map<string, number>();
  for (const line of body.split("\n")) {
    const [name, value] = parseSample(line.trim()) ?? [];
    if (name === undefined || value === undefined) continue;
    if (name.endsWith("_bucket")) continue;
    values.set(name, (values.get(name) ?? 0) + value);
  }
  const impossible: string[] = [];
  for (const [name, value] of values) {
    if (isPlausible(value)) continue;
    values.delete(name);
    // Elsewhere a NaN or a negative number may well mean something.
    if (METRICS.some((known) => isCalled(name, known))) impossible.push(name);
  }
  return { value: values, impossible };
}

/**
 * A sample of a metric: `name{labels} value timestamp`, labels and timestamp
 * optional. What OpenMetrics puts behind a `#`, an exemplar, is no part of it.
 */
function parseSample(line: string): readonly [string, number] | undefined {
  const name = line.match(/^[a-zA-Z_:][\w:]*/)?.[0];
  if (name === undefined) return undefined;
  const rest = withoutLabels(line.slice(name.length).trimStart());
  const [sample] = rest.split("#", 1);
  const [value, timestamp = "0", ...more] = sample.trim().split(/\s+/);
  const isNumber = /^(NaN|[+-]?Inf|[+-]?[\d.]+(e[+-]?\d+)?)$/i.test(value);
  if (!isNumber || !/^-?\d+(\.\d+)?$/.test(timestamp) || more.length > 0) {
    return undefined;
  }
  return [name, Number(value.replace(/inf$/i, "Infinity"))];
}

/** What comes behind labels; nothing where they have no end. Their values may hold any sign. */
function withoutLabels(text: string): string {
  if (!text.startsWith("{")) return text;
  let isValue = false;
  for (let at = 1; at < text.length; at++) {
    const sign = text[at];
    if (isValue && sign === "\\") at++;
    else if (sign === '"') isValue = !isValue;
    else if (sign === "}" && !isValue) return text.slice(at + 1);
  }
  return "";
}

/** The figures in `after`, with rates when there is something `before` it. */
export function deriveMetrics(
  after: MetricValues,
  before?: MetricValues,
  intervalMs = 0,
): ServerMetrics {
  const value = (name: MetricName) => lookUp(after, name);
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
  const hz = (name: MetricName) => {
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
  { baseUrl, asGiven = baseUrl }: Pick<
    MonitorTarget & { readonly kind: "http" },
    "baseUrl" | "asGiven"
  >,
  { token, ...options }: GetOptions,
): Promise<HttpReading | AbsentReading> {
  const page = (name: string) => {
    const url = new URL(asGiven);
    url.pathname = `${new URL(baseUrl).pathname.replace(/\/$/, "")}/${name}`;
    return url;
  };
  const [health, metrics] = await Promise.all([
    getBody(page("health"), options),
    getBody(page("metrics"), { ...options, token }),
  ]);
  if ("problem" in health && health.lost && "lost" in metrics) {
    return {
      kind: "absent",
      reason: `Cannot reach ${health.problem}`,
    };
  }
  const problems = [health, metrics].flatMap((answer) =>
    "problem" in answer ? [answer.problem] : []
  );
  const told = "body" in health ? parseHealth(health.body) : undefined;
  if ("body" in health && told === undefined) {
    problems.push(`${baseUrl}/health answers with something else than JSON`);
  }
  const values = "body" in metrics ? parsePrometheus(metrics.body) : undefined;
  problems.push(
    ...leftOut(`${baseUrl}/health`, told?.impossible),
    ...leftOut(`${baseUrl}/metrics`, values?.impossible),
  );
  return {
    kind: "http",
    ...told && { health: told.value },
    ...values && { values: values.value },
    problems,
  };
}

function leftOut(url: string, names: readonly string[] = []): string[] {
  const MOST = 5;
  if (names.length === 0) return [];
  const more = names.length > MOST ? `, and ${names.length - MOST} more` : "";
  return [
    `${url} tells figures that cannot be, which are left out: ${
      names.slice(0, MOST).join(", ")
    }${more}`,
  ];
}

/** A server's name may lead: `simplestchat_rooms_active` answers to `rooms_active`. */
function lookUp(values: MetricValues, name: MetricName): number | null {
  const exact = values.get(name);
  if (exact !== undefined) return exact;
  for (const [key, value] of values) if (isCalled(key, name)) return value;
  return null;
}

function isCalled(key: string, name: MetricName): boolean {
  return key === name || key.endsWith(`_${name}`);
}

/** How much a total grew; one that fell began anew at zero, with its server. */
function growth(
  after: MetricValues,
  before: MetricValues,
  name: MetricName,
): number | null {
  const now = lookUp(after, name);
  const then = lookUp(before, name);
  if (now === null || then === null) return null;
  return now < then ? now : now - then;
}
