/**
 * What became of a client as an rtcstats dump, version 3: a line of JSON an
 * event, which its viewers draw and its tools read. Times are differences to
 * the line before; the first is since 1970.
 *
 * @module
 */

/** W3C webrtc-stats by their ids, each with its `type`. */
export type StatsReport = Readonly<
  Record<string, Readonly<Record<string, string | number>>>
>;

/** Writes lines in order. */
export class RtcStatsLines {
  #lastMs = 0;
  readonly #written = new Map<string, ReadonlySet<string>>();

  /** How the file begins: what wrote it, of which client, at which server. */
  head(application: string, clientId: string, url: string): string {
    const head = {
      fileFormat: 3,
      url,
      userAgent: application,
      clientId,
    };
    return `RTCStatsDump\n${JSON.stringify(head)}\n`;
  }

  /** Something that happened; `connection` is `null` for the client itself. */
  event(
    name: string,
    connection: string | null,
    value: unknown,
    wallMs: number,
  ): string {
    const atMs = Math.round(wallMs);
    const line = JSON.stringify([
      name,
      connection,
      value,
      atMs - this.#lastMs,
    ]);
    this.#lastMs = atMs;
    return `${line}\n`;
  }

  /** Statistics of one connection; who is not among them any more has ended. */
  stats(connection: string, report: StatsReport, wallMs: number): string {
    const timestamp = Math.round(wallMs);
    const ids = new Set(Object.keys(report));
    const value: Record<string, unknown> = {};
    for (const [id, stats] of Object.entries(report)) {
      value[id] = { id, timestamp, ...stats };
    }
    for (const id of this.#written.get(connection) ?? []) {
      if (!ids.has(id)) value[id] = null;
    }
    this.#written.set(connection, ids);
    return this.event("getStats", connection, value, wallMs);
  }
}
