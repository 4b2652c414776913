/**
 * What the server answers to plain HTTP requests.
 *
 * @module
 */

/** An answer. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What the answers are made of. */
export interface HttpSources {
  readonly health: () => {
    readonly participants: number;
    readonly rooms: number;
  };
  readonly metrics: () => string;
  readonly metricsToken: string | undefined;
  /** `undefined` where statistics are not exposed. */
  readonly stats: (() => Promise<unknown>) | undefined;
}

/** Answers a `GET` of `path` with the `Authorization` header `authorization`. */
export async function answerHttp(
  path: string,
  authorization: string | undefined,
  { health, metrics, metricsToken, stats }: HttpSources,
): Promise<HttpAnswer> {
  switch (path) {
    case "/health":
      return json({ ...health(), status: "ok" });
    case "/metrics": {
      const wanted = metricsToken && `Bearer ${metricsToken}`;
      if (wanted && authorization !== wanted) return plain(401, "");
      return {
        status: 200,
        contentType: "text/plain; version=0.0.4",
        body: metrics(),
      };
    }
    case "/stats":
      return stats === undefined ? plain(404, "") : json(await stats());
    case "/ws":
      return plain(426, "Expected a WebSocket upgrade");
  }
  return plain(404, "");
}

function json(value: unknown): HttpAnswer {
  return {
    status: 200,
    contentType: "application/json",
    body: JSON.stringify(value),
  };
}

function plain(status: number, body: string): HttpAnswer {
  return { status, contentType: "text/plain; charset=utf-8", body };
}
