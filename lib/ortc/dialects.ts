/**
 * The dialects of the wire. Servers written in other languages say `null` for
 * what is absent, numbers as text and ids as numbers, and know values that
 * this version does not. What a schema complains of is mended here, in one
 * place for all protocols, where the meaning is clear; what has no complaints
 * is not touched.
 */

import { readCandidateLine } from "./candidate_line.ts";
import type { z } from "./deps.ts";
import { cut, wordsOf } from "./words.ts";

/** What stands for a field that is `null`, absent, or says something unknown, by its name, or that of its parent and its own. */
export type Fallbacks = Readonly<Record<string, () => unknown>>;

/** mediasoup's own defaults. */
const FALLBACKS: Fallbacks = {
  direction: () => "sendrecv",
  encrypt: () => false,
  foundation: () => "",
  headerExtensions: () => [],
  preferredEncrypt: () => false,
  reducedSize: () => true,
  "dtlsParameters.role": () => "auto",
  rtcp: () => ({ reducedSize: true }),
};

/**
 * What stands for a field of a candidate that is missing or unreadable, by the
 * candidate: one that is wrong must not cost the others, so whoever uses them
 * gets to see and refuse it. mediasoup said `ip` before it said `address`.
 */
const CANDIDATE: Readonly<
  Record<string, (of: Readonly<Record<PropertyKey, unknown>>) => unknown>
> = {
  address: ({ ip }) => typeof ip === "string" ? ip : "",
  protocol: ({ transport }) => typeof transport === "string" ? transport : "",
  port: () => 0,
  foundation: () => "",
  priority: () => 0,
  type: () => "",
  tcpType: () => null,
};

/** One mended list may show what is wrong inside it. */
const MAX_REPAIRS = 4;
/** Several for each of a thousand people; beyond, it is another language and no dialect. */
const MAX_ISSUES = 10_000;

/**
 * Mends `message` in place until `schema` has no complaints; returns the first
 * one that no rule covers. `further` fallbacks are of the protocol.
 */
export function mend(
  schema: z.ZodType,
  message: object,
  further: Fallbacks = {},
): z.core.$ZodIssue | undefined {
  const fallbacks = { ...FALLBACKS, ...further };
  for (let round = 0;; round++) {
    const { error } = schema.safeParse(message);
    if (error === undefined) return undefined;
    const { issues } = error;
    if (round === MAX_REPAIRS || issues.length > MAX_ISSUES) return issues[0];
    const [left] = repair(message, issues, fallbacks);
    if (left !== undefined) return left;
  }
}

/** Gives back what no rule covers: nothing when it can be tried again. */
function repair(
  message: object,
  issues: readonly z.core.$ZodIssue[],
  fallbacks: Fallbacks,
): readonly z.core.$ZodIssue[] {
  const left: z.core.$ZodIssue[] = [];
  const surplus = new Map<unknown[], Set<unknown>>();
  const lines = new Set<PropertyKey>();
  for (const issue of issues) {
    if (isLine(message, issue.path, lines)) continue;
    if (!mendOne(message, issue, surplus, fallbacks)) left.push(issue);
  }
  for (const [list, entries] of surplus) {
    const kept = list.filter((entry) => !entries.has(entry));
    list.splice(0, list.length, ...kept);
  }
  return left;
}

/** Whether an issue is about a candidate that is a line of SDP; it is read then, and one of `lines`. */
function isLine(
  message: object,
  [field, index]: readonly PropertyKey[],
  lines: Set<PropertyKey>,
): boolean {
  if (field !== "iceCandidates" || index === undefined) return false;
  if (lines.has(index)) return true;
  const list = valueAt(message, [field]) as Record<PropertyKey, unknown>;
  const candidate = readCandidateLine(list[index]);
  if (candidate === undefined) return false;
  list[index] = candidate;
  lines.add(index);
  return true;
}

function mendOne(
  message: object,
  issue: z.core.$ZodIssue,
  surplus: Map<unknown[], Set<unknown>>,
  fallbacks: Fallbacks,
): boolean {
  const key = issue.path.at(-1);
  const parent = valueAt(message, issue.path.slice(0, -1));
  if (key === undefined || typeof parent !== "object" || parent === null) {
    return false;
  }
  const members = parent as Record<PropertyKey, unknown>;
  const value = members[key];
  const set = (mended: unknown): true => {
    members[key] = mended;
    return true;
  };
  const leaveOut = (list: unknown[], entry: unknown) => {
    surplus.set(list, (surplus.get(list) ?? new Set()).add(entry));
    return true;
  };
  if (issue.path[0] === "iceCandidates" && issue.path.length > 1) {
    return value === null && Array.isArray(parent)
      ? leaveOut(parent, value)
      : mendType(issue, value, set) || set(standIn(key, members));
  }
  if (issue.path.at(-3) === "headerExtensions" && key === "kind" && !value) {
    // mediasoup once said nothing, or "", of what is there for both kinds.
    const list = valueAt(message, issue.path.slice(0, -2)) as unknown[];
    list.push({ ...members, kind: "video" });
    return set("audio");
  }
  const fallback = [`${String(issue.path.at(-2))}.${String(key)}`, String(key)]
    .filter((name) => Object.hasOwn(fallbacks, name))
    .map((name) => fallbacks[name])
    .at(0);
  if (value === null || value === undefined) {
    if (isRepairStream(issue.path)) {
      // Repairs without an SSRC are none.
      const encoding = valueAt(message, issue.path.slice(0, -2));
      return delete (encoding as Record<PropertyKey, unknown>).rtx;
    }
    if (fallback !== undefined) return set(fallback());
    if (value === undefined) return false;
    if (Array.isArray(parent)) return leaveOut(parent, value);
    return delete members[key];
  }
  switch (issue.code) {
    case "invalid_type":
      return mendType(issue, value, set);
    case "invalid_union":
      // A setting of a codec: a text or a number, and nothing else.
      return typeof value === "boolean"
        ? set(Number(value))
        : delete members[key];
    case "invalid_value": {
      const known = issue.values.find((one) =>
        String(one).toLowerCase() === wordsOf(value).toLowerCase()
      );
      if (known !== undefined) return set(known);
      if (fallback !== undefined) return set(fallback());
      // An entry of a list that says something new is none for us.
      const list = valueAt(message, issue.path.slice(0, -2));
      return Array.isArray(list) && leaveOut(list, parent);
    }
    default:
      return false;
  }
}

function isRepairStream(path: readonly PropertyKey[]): boolean {
  return path.at(-1) === "ssrc" && path.at(-2) === "rtx";
}

/** For a candidate's field; or for all of what should be one: then it is its address that is shown. */
function standIn(
  key: PropertyKey,
  of: Readonly<Record<PropertyKey, unknown>>,
): unknown {
  return typeof key === "number"
    ? { address: cut(wordsOf(of[key])), protocol: "", port: 0 }
    : CANDIDATE[String(key)]?.(of);
}

function mendType(
  issue: z.core.$ZodIssue,
  value: unknown,
  set: (mended: unknown) => true,
): boolean {
  if (issue.code !== "invalid_type") return false;
  switch (issue.expected) {
    case "number":
    case "int":
      return typeof value === "string" &&
        /^[+-]?\d+(\.\d+)?$/.test(value.trim()) && set(Number(value));
    case "string":
      return typeof value === "number" && set(String(value));
    case "boolean":
      if (value === 1 || value === "true") return set(true);
      return (value === 0 || value === "false") && set(false);
    default:
      return false;
  }
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
