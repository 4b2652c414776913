/**
 * What a run's seconds are looked at for: what they came to, the incidents in
 * them, and each client's story.
 *
 * @module
 */

import { ClientSeconds } from "./client_seconds.ts";
import { CourseBook, type CourseSecond, type RunPhase } from "./course.ts";
import { counterOf, ratio } from "../figures.ts";
import { type IncidentChange, IncidentWatch } from "./incidents.ts";
import { EMPTY_SNAPSHOT, type Snapshot } from "../snapshot.ts";
import { StoryBook } from "./stories.ts";
import { TrackStories } from "./track_stories.ts";
import type { TimelinePoint } from "../summary/summary.ts";

/** Looks at a run second by second. */
export class RunSeconds {
  /** What began and ended so far. */
  readonly incidents: IncidentWatch = new IncidentWatch();
  /** What each client had. */
  readonly stories: StoryBook = new StoryBook();
  /** What became of the tracks of each. */
  readonly tracks: TrackStories = new TrackStories();
  /** What each second came to. */
  readonly course: CourseBook = new CourseBook();
  readonly #clients = new ClientSeconds();
  #before: Pick<Snapshot, "counters"> = EMPTY_SNAPSHOT;
  #toSec = 0;
  #last: CourseSecond | undefined;

  /** The last second; `undefined` before the first is over. */
  get last(): CourseSecond | undefined {
    return this.#last;
  }

  /** Takes in a second: its numbers, and everything measured by its end. Returns what began or ended. */
  take(
    point: TimelinePoint,
    snapshot: Snapshot,
    phase: RunPhase = "media",
  ): IncidentChange[] {
    this.#last = this.course.take({ phase, point, snapshot });
    const fromSec = this.#toSec;
    const before = this.#before;
    this.#toSec = point.tSec;
    this.#before = { counters: snapshot.counters };
    const grown = (name: "packetsLate" | "packetsSent" | "packetsSkipped") =>
      counterOf(snapshot, name) - counterOf(before, name);
    const skipped = grown("packetsSkipped");
    const toSec = point.tSec;
    const clients = this.#clients.take(snapshot.clients);
    const left = this.stories.take({ fromSec, toSec, clients });
    this.tracks.leave(left);
    return this.incidents.take({
      fromSec,
      toSec,
      clients,
      lost: snapshot.generator.lost,
      all: snapshot.clients,
      server: point.server,
      generator: {
        cpuRatio: point.cpuRatio,
        lateRatio: ratio(
          grown("packetsLate") + skipped,
          grown("packetsSent") + skipped,
        ) ??
          0,
      },
    });
  }
}
