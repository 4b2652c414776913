/**
 * What is judged, in sentences: each figure in one, and those of a judgement
 * where there is little room.
 *
 * @module
 */

import { formatClock, formatCounted } from "../../text/mod.ts";
import { type Band, type BandMetric, limitsOf } from "./bands.ts";
import type { ClientRecord } from "../client_record.ts";
import {
  hasReceived,
  isRefused,
  isSettled,
  isToPublish,
  receiversOf,
  shouldSend,
} from "../client_rates.ts";
import { type ClientTally, counterOf, tracksSent } from "../figures.ts";
import {
  endingSilence,
  type Silence,
  type SilencePoint,
  worstSilence,
} from "./silence.ts";
import type { Snapshot } from "../snapshot.ts";
import { stoppedText } from "../stopped_tracks.ts";
import type { Judgement } from "../summary/summary.ts";
import { mostFrequent, ofClients, percent } from "./words.ts";

/** What sentences are of. */
export interface JudgedRun {
  /** All nodes merged. */
  readonly snapshot: Snapshot;
  /** How its clients fared. */
  readonly tally: ClientTally;
  /** The time so far, or of late, second by second. */
  readonly timeline: readonly SilencePoint[];
}

/** A figure in a sentence: what, who, since when. */
export function sentenceOf(
  figure: BandMetric,
  value: number,
  { snapshot, tally, timeline }: JudgedRun,
): string {
  const { clients } = snapshot;
  const receivers = () => receiversOf(clients);
  switch (figure) {
    case "unpublished": {
      const all = clients.filter(isToPublish);
      const refused = all.filter(isRefused);
      return `${
        ofClients(refused.length, all.length)
      } could not publish all that they should${whyRefused(refused)}`;
    }
    case "neverSent": {
      const senders = clients.filter(shouldSend);
      const silent = senders.filter(({ packetsSent }) => packetsSent === 0);
      return `${
        ofClients(silent.length, senders.length)
      } never sent what they should have${
        whyRefused(silent.filter(isRefused))
      }`;
    }
    case "neverReceived": {
      const all = receivers();
      const deaf = all.filter((client) => !hasReceived(client));
      return `${
        ofClients(deaf.length, all.length)
      } never received anything, although there was something to receive${
        whyUnread(deaf) || whyUntold(snapshot, "it")
      }`;
    }
    case "silentAtEnd": {
      const stretch = stretchText(endingSilence(timeline));
      return stretch === undefined
        ? "no track was missing at the end"
        : `${stretch}${whyUnread(clients) || whyUntold(snapshot, "them")}`;
    }
    case "lostForGood": {
      const all = receivers();
      const lost = all.filter(({ hasLostMedia }) => hasLostMedia);
      return `${ofClients(lost.length, all.length)} lost media for good`;
    }
    case "lostMedia": {
      const all = receivers();
      const lost = all.filter(({ mediaLosses }) => mediaLosses > 0);
      return `${
        ofClients(lost.length, all.length)
      } had no media for 3 s or longer`;
    }
    case "away": {
      const worst = worstSilence(timeline);
      const stretch = worst?.toSec === null ? undefined : stretchText(worst);
      return `clients were away ${percent(value)} of the time${
        stretch === undefined ? "" : `: ${stretch}`
      }`;
    }
    case "connected":
      return `${
        ofClients(
          tally.connected,
          tally.connected + tally.away + tally.failed,
        )
      } connected${
        tally.away === 0 ? "" : `, ${tally.away} lost after they had been`
      }`;
    case "silent": {
      const worst = worstSilence(timeline);
      // What goes on at the end is told there.
      const stretch = worst?.toSec === null ? undefined : stretchText(worst);
      const whole = `tracks were silent ${
        percent(value)
      } of the time that they should have come${whyUntold(snapshot, "them")}`;
      return stretch === undefined ? whole : `${stretch} (${whole})`;
    }
    case "stopped": {
      const { stopped = [] } = snapshot;
      return `the server ${stoppedText(stopped)} of ${
        formatCounted(tracksSent(snapshot), "track")
      } that clients sent, unasked`;
    }
    case "withheld":
      return `the server chose to send nothing of ${
        percent(value)
      } of what clients wanted`;
    case "deliveryRatio":
      return `${
        percent(value)
      } of what clients should have had of each other was delivered`;
    case "signalingSilent":
      return `the server's signaling answered nothing ${
        percent(value)
      } of the time`;
    case "frozen":
      return `videos stood still ${percent(value)} of the time`;
    case "errors": {
      const due = clients.filter((client) =>
        isSettled(client, tally.runIsOver)
      );
      const hurt = due.filter(({ errorCount }) => errorCount > 0);
      return `${ofClients(hurt.length, due.length)} met errors`;
    }
    case "receiveSendRatio":
      return `packets received were ${percent(value)} of those sent`;
    case "serverCpu":
      return `the server's busiest thread used ${percent(value)} of a core`;
    case "serverRss":
      return `the server used ${gigabytes(value)} of memory`;
  }
}

/** What was missing because nobody was told of it, as the end of a sentence. */
function whyUntold(snapshot: Snapshot, what: string): string {
  const missing = counterOf(snapshot, "tracksSilentMs") -
    counterOf(snapshot, "tracksAwayMs");
  const share = counterOf(snapshot, "tracksUntoldMs") / Math.max(1, missing);
  if (share < LEAST_UNTOLD) return "";
  const untold = share > 1 - LEAST_UNTOLD
    ? what
    : `${percent(share)} of ${what}`;
  return `: the server told clients nothing of ${untold}`;
}

/** What most of them were told, as the end of a sentence. */
function whyRefused(refused: readonly ClientRecord[]): string {
  return whyMost(refused, ["publish", "codec"], OF_PUBLISHING);
}

/** What most of them could not make of what they got, or why they got nothing. */
function whyUnread(clients: readonly ClientRecord[]): string {
  return whyMost(clients, ["codec"], OF_SUBSCRIBING);
}

/** Of an error that is no refusal, the request tells what was missed for it. */
const OF_PUBLISHING = /\bproduce_(audio|video)\b/;
const OF_SUBSCRIBING = /\b(consume|create_recv_transport)\b/;

function whyMost(
  clients: readonly ClientRecord[],
  kinds: readonly string[],
  request: RegExp,
): string {
  const told = mostFrequent(
    clients.flatMap(({ errors }) =>
      (errors.find(({ kind }) => kinds.includes(kind)) ??
        errors.find(({ message }) => request.test(message)))?.message ?? []
    ),
  );
  return told === undefined ? "" : `: ${told.replace(/\.$/, "")}`;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}

function stretchText(silence: Silence | undefined): string | undefined {
  if (silence === undefined) return undefined;
  const { fromSec, toSec, share } = silence;
  const when = toSec === null
    ? `from ${formatClock(fromSec * 1000)} on`
    : `from ${formatClock(fromSec * 1000)} to ${formatClock(toSec * 1000)}`;
  return `${when}, ${
    percent(share)
  } of the tracks that should flow were missing`;
}

/**
 * The figures of one judgement in sentences, the most telling first; `undefined`
 * when there are none. Silence that goes on to the end is not told twice.
 */
export function saidOf(
  judgements: readonly Judgement[],
  wanted: Band,
): string | undefined {
  const such = judgements.filter(({ band }) => band === wanted);
  const toTheEnd = such.some(({ figure }) => figure === "silentAtEnd");
  const distinct = such.filter(({ figure }) =>
    !(figure === "silent" && toTheEnd)
  );
  const [first, ...others] = distinct
    .toSorted((a, b) => tellingOf(a) - tellingOf(b))
    .map(({ says }) => says);
  if (first === undefined) return undefined;
  const further = others.length - (MAX_TOLD - 1);
  return [
    first,
    ...others.slice(0, MAX_TOLD - 1),
    ...(further > 0 ? [`and ${further} more`] : []),
  ].join("; ");
}

/** Those of one judgement where there is little room: `delivered 62 %, frozen 31 %`. */
export function briefly(
  judgements: readonly Judgement[],
  wanted: Band,
): string[] {
  return judgements.filter(({ band }) => band === wanted).map(
    ({ figure, value }) => {
      const { name, unit } = limitsOf(figure);
      return `${name} ${unit === "bytes" ? gigabytes(value) : percent(value)}`;
    },
  );
}

/** A smaller share of what was missing explains nothing, as a larger one of what flowed. */
const LEAST_UNTOLD = 0.05;

/** Sentences that a verdict has room for. */
const MAX_TOLD = 3;

/** What the server did comes before since when, and that before how much. */
function tellingOf({ figure }: Judgement): number {
  switch (figure) {
    case "unpublished":
    case "stopped":
      return 0;
    case "silentAtEnd":
    case "silent":
      return 1;
    default:
      return 2;
  }
}
