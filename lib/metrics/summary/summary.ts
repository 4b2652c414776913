/**
 * The summary: everything that a run came to, as numbers. Its shape is that of
 * `load_test_summary.json`, where each key is explained; the keys at its top
 * that say `total`, `average` or `p95` are those of SimplestChat's own tester.
 *
 * @module
 */

import type { JsonValue } from "./summary_schema.ts";

export type { JsonValue };

/** The same, not to be written to; plain JSON data is that already. */
export type Immutable<T> = [JsonValue] extends [T] ? T
  : T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> }
  : T;

/** Everything that a run came to; inferred from the file's schema, which itself is no part of the face. */
export type Summary = Immutable<
  (typeof import("./summary_schema.ts"))["summarySchema"]["_zod"]["output"]
>;

/** What a run came to, in one word and one sentence. */
export type Verdict = Summary["verdict"];
/** What the clients of one room came to. */
export type RoomSummary = Summary["rooms"][number];
/** What some of the clients had. */
export type GroupSummary = NonNullable<Summary["groups"]["others"]>;
/** Which. */
export type GroupName = keyof Summary["groups"];
/** How the media did. */
export type MediaSummary = Summary["media"];
/** Where packets were lost, in the order of their way; `null` where that was not seen. */
export type LossOrigin = MediaSummary["lossOrigin"];
/** How the generator did. */
export type GeneratorSummary = Summary["generator"];
/** How a machine did on which clients were, one of several. */
export type NodeSummary = NonNullable<GeneratorSummary["nodes"]>[number];
/** A time in which the generator, or a part of it, stood still. */
export type GeneratorStandstill = GeneratorSummary["standstills"][number];
/** The server that was tested. */
export type ServerSummary = Summary["server"];
/** What the server used over a run. */
export type ServerLoad = NonNullable<ServerSummary["load"]>;
/** What one thread of the server used. */
export type ServerThreadLoad = ServerLoad["busyThreads"][number];
/** The most that a server said of itself; `null` for what it did not tell. */
export type ServerReported = NonNullable<ServerSummary["reported"]>;
/** How often one kind of error happened. */
export type ErrorSummary = Summary["errors"][string];
/** The scenario that a run was. */
export type ScenarioReport = NonNullable<Summary["scenario"]>;
/** One figure, judged. */
export type Judgement = Summary["judgement"][number];
/** How a run did by one threshold. */
export type ThresholdResult = Summary["thresholds"][number];
/** Who was hurt most where a threshold failed. */
export type WorstHit = NonNullable<ThresholdResult["worst"]>;
/** Those clients that were hurt most, and how many more there are. */
export type WorstClients = Summary["worstClients"];
/** A client that was hurt. */
export type WorstClient = WorstClients["clients"][number];
/** An address that the server offers for media, by what came of it. */
export type CandidateCount = Summary["candidates"][number];
/** What came of tracks that no client of the run sends. */
export type OthersSummary = Summary["others"];
/** Something that began in a run, and ended. */
export type TimedIncident = Summary["incidents"][number];
/** The same, by the run's own time. */
export type Incident = Omit<TimedIncident, "from" | "until">;
/** What an incident is of. */
export type IncidentKind = Incident["kind"];
/** What happened in one stretch of the run, for charts. */
export type TimelinePoint = Summary["timeline"][number];
/** What the server used in one stretch of the timeline. */
export type ServerPoint = NonNullable<TimelinePoint["server"]>;
