/**
 * The report of a run as data: what is said, in which order and how it is
 * meant, before anybody decides how it looks.
 *
 * @module
 */

import { SO_FAR, type Summary, type Verdict } from "../../metrics/mod.ts";
import type { Block } from "./blocks.ts";
import {
  clientBlocks,
  groupBlocks,
  otherTrackBlocks,
  roomBlocks,
  worstClientBlocks,
} from "./client_blocks.ts";
import { incidentBlocks, worstThreeBlocks } from "./incident_blocks.ts";
import { generatorBlocks, serverBlocks } from "./machine_blocks.ts";
import { mediaBlocks } from "./media_blocks.ts";
import {
  errorBlocks,
  judgementBlocks,
  signalingBlocks,
  thresholdBlocks,
} from "./verdict_blocks.ts";

/** A report: the verdict first, then what it rests on. */
export interface ReportDocument {
  readonly status: Verdict["status"];
  /** The status in a word; of a run that goes on it is none yet. */
  readonly word: string;
  /** Why it ended like that, as a sentence. */
  readonly reason: string;
  /** What was run and where, in a text each. */
  readonly about: readonly string[];
  /** Blocks that belong together; every section and block says something. */
  readonly sections: readonly (readonly Block[])[];
}

/** What there is to say of a run. */
export function reportDocument(summary: Summary): ReportDocument {
  const { verdict } = summary;
  // A reason may end with a whole sentence of somebody else's.
  const reason = verdict.reason === SO_FAR
    ? "it goes on"
    : verdict.reason.replace(/\.$/, "");
  return {
    status: verdict.status,
    word: verdict.reason === SO_FAR ? "SO FAR" : verdict.status.toUpperCase(),
    reason: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`,
    about: aboutRun(summary),
    sections: [
      judgementBlocks(summary),
      [...incidentBlocks(summary), ...worstThreeBlocks(summary)],
      groupBlocks(summary),
      clientBlocks(summary),
      mediaBlocks(summary),
      signalingBlocks(summary),
      roomBlocks(summary),
      worstClientBlocks(summary),
      otherTrackBlocks(summary),
      errorBlocks(summary),
      [...serverBlocks(summary), ...generatorBlocks(summary)],
      thresholdBlocks(summary),
    ]
      .map((blocks) => blocks.filter(saysSomething))
      .filter((blocks) => blocks.length > 0),
  };
}

function aboutRun(summary: Summary): string[] {
  const { partial, server, seed, version, elapsedMs } = summary;
  const { media } = summary.config;
  const run = `rtcrowd ${version} on ${server.url}, ${
    (elapsedMs / 1000).toFixed(1)
  } s, seed ${seed}`;
  return [
    partial ? `${run}, partial` : run,
    ...(summary.scenario?.figuresOf === undefined
      ? []
      : [`figures of ${summary.scenario.figuresOf}`]),
    ...(typeof media === "string" && media !== "synthetic"
      ? [`media of ${media}`]
      : []),
  ];
}

function saysSomething(block: Block): boolean {
  return block.kind === "sentence" || block.rows.length > 0;
}
