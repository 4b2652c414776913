/** Runs for the page: one whose server means harm, and a long one. */

import {
  type ClientStory,
  CourseBook,
  EMPTY_SNAPSHOT,
  summarize,
  type Summary,
} from "../../../lib/metrics/mod.ts";
import {
  type ComparedRun,
  compareRuns,
  renderComparison,
  renderHtml,
} from "../../../lib/output/mod.ts";
import { toResults } from "../../../lib/report/mod.ts";
import { madeUpRun } from "../metrics/run.ts";

/** Breaks out of whatever it is put into, if that is not escaped. */
export const HOSTILE =
  `</script><img src=x onerror=globalThis.hit=1>"' onmouseover="hit=1" <!-- \u202e ]]>`;

/** A cause of failure that says more than it needs to. */
export const LONG = "the server said that it could not do so ".repeat(3);

/** A page all of whose foreign texts are hostile. */
export async function hostilePage(): Promise<string> {
  const run = madeUpRun();
  const summary = summarize(run);
  const [room] = summary.rooms;
  return await renderHtml({
    summary: {
      ...longRun(60),
      verdict: { status: "failed", reason: HOSTILE },
      scenario: { name: HOSTILE, result: null },
      server: { ...summary.server, url: HOSTILE, notes: [HOSTILE] },
      rooms: [{ ...room, roomId: HOSTILE }, ...summary.rooms],
      errors: { [HOSTILE]: { count: 3, example: HOSTILE } },
      config: { [HOSTILE]: HOSTILE },
      judgement: summary.judgement.map((one) => ({
        ...one,
        band: "critical",
        says: HOSTILE,
      })),
      thresholds: summary.thresholds.map((one) => ({
        ...one,
        expression: HOSTILE,
        worst: { kind: "room", id: HOSTILE, value: 1 },
      })),
    },
    clients: toResults(run.snapshot.clients).map((client) => ({
      ...client,
      clientId: HOSTILE,
      roomId: HOSTILE,
      failureCause: HOSTILE,
    })),
    stories: storiesOf(4, 60).map((story) => ({
      ...story,
      clientId: HOSTILE,
      roomId: HOSTILE,
    })),
  });
}

/** A page of two hostile sides, of one run and of three. */
export async function hostileComparison(): Promise<string> {
  const summary: Summary = {
    ...longRun(60),
    verdict: { status: "failed", reason: HOSTILE },
    server: { ...longRun(1).server, url: HOSTILE },
    config: { [HOSTILE]: HOSTILE },
  };
  const { snapshot: { trends } } = madeUpRun();
  const run = (lossRatio: number): ComparedRun => {
    const book = new CourseBook();
    const timeline = summary.timeline.map((point) => ({ ...point, lossRatio }));
    for (const point of timeline) {
      book.take({ phase: "media", point, snapshot: EMPTY_SNAPSHOT });
    }
    return {
      name: HOSTILE,
      summary: { ...summary, timeline },
      course: book.course(),
      trends,
    };
  };
  const a = [run(0)];
  const b = [run(0.1), run(0.2), run(0.4)];
  return await renderComparison(
    compareRuns(
      a.map(({ summary }) => summary),
      b.map(({ summary }) => ({ ...summary, config: { [HOSTILE]: 7 } })),
    ),
    a,
    b,
  );
}

/** Stories of so many clients, in rooms of two, second by second: client 1 loses every fourth packet from second 10 on. */
export function storiesOf(clients: number, seconds: number): ClientStory[] {
  return Array.from({ length: clients }, (_, index) => ({
    clientId: `client-${index}`,
    index,
    roomId: `room-${Math.floor(index / 2)}`,
    events: [],
    bins: Array.from({ length: seconds }, (_, sec) => ({
      fromSec: sec,
      toSec: sec + 1,
      state: "connected" as const,
      packetsSent: 100,
      bytesSent: 1e5,
      packetsDue: 100,
      packetsCame: index === 1 && sec >= 10 ? 75 : 100,
      bytesReceived: 1e5,
      dueMs: 2000,
      silentMs: 0,
      playedMs: index === 2 ? 0 : 1000,
      frozenMs: 0,
      framesRendered: 30,
      errors: 0,
    })),
  }));
}

/** A run of so many seconds, with a server that was watched. */
export function longRun(seconds = 3600): Summary {
  const summary = summarize(madeUpRun());
  const [room] = summary.rooms;
  return {
    ...summary,
    elapsedMs: seconds * 1000,
    rooms: Array.from(
      { length: 250 },
      (_, i) => ({ ...room, roomId: `room-${i}`, totalErrors: i % 7 }),
    ),
    timeline: Array.from({ length: seconds }, (_, i) => ({
      tSec: i + 1,
      clients: 980 + i % 21,
      packetsSentPerSec: 90_000 + i * 7.1 % 1000,
      packetsReceivedPerSec: 270_000 + i * 3.3 % 5000,
      sendBps: 9e8 + i * 12_345.6 % 1e7,
      receiveBps: 2.7e9 + i * 54_321.1 % 1e8,
      lossRatio: i % 50 / 5000,
      tracksDue: 3000,
      silentRatio: i % 60 === 0 ? 0.01 : 0,
      cpuRatio: 0.5 + i % 10 / 30,
      server: {
        cpuRatio: 2.5 + i % 13 / 13,
        maxProcessRatio: 0.9,
        rssBytes: 4e8 + i * 1000,
        fds: 900,
        udpDrops: 0,
      },
    })),
  };
}
