/**
 * Where the mediasoup worker is: a program that mediasoup's npm package
 * fetches when it is installed with its script, which Deno does not run by
 * itself, so it may have to be built or fetched once.
 *
 * @module
 */

/** The version of mediasoup whose worker is wanted. */
const MEDIASOUP_VERSION = "3.18.1";

/** What {@linkcode findWorkerBinary} looks at. */
export interface WorkerSearch {
  /** An environment variable, or `undefined`. */
  readonly env: (name: string) => string | undefined;
  /** Whether there is a file at this path. */
  readonly exists: (path: string) => boolean;
  /** The worker inside mediasoup's own package. */
  readonly packaged: string | undefined;
}

/**
 * The path of the worker: `MEDIASOUP_WORKER_BIN` if set, else the one in the
 * cache, else the one in mediasoup's package.
 *
 * @throws {Error} In one line with what to do, when there is none.
 */
export function findWorkerBinary(search: WorkerSearch): string {
  const named = search.env("MEDIASOUP_WORKER_BIN");
  if (named) {
    if (search.exists(named)) return named;
    throw new Error(
      `Cannot start mediasoup: MEDIASOUP_WORKER_BIN names ${named}, which does not exist. Run scripts/mediasoup-worker.sh and use the path that it prints.`,
    );
  }
  const cached = cachedWorkerPath(search.env);
  if (cached !== undefined && search.exists(cached)) return cached;
  if (search.packaged !== undefined && search.exists(search.packaged)) {
    return search.packaged;
  }
  throw new Error(
    `Cannot start mediasoup: no worker for version ${MEDIASOUP_VERSION}. Run scripts/mediasoup-worker.sh, or use the werift engine.`,
  );
}

/** Where `scripts/mediasoup-worker.sh` leaves its worker, if there is a home. */
function cachedWorkerPath(
  env: (name: string) => string | undefined,
): string | undefined {
  const home = env("HOME");
  const cache = env("XDG_CACHE_HOME") || (home && `${home}/.cache`);
  return cache ? `${cache}/mediasoup-worker-${MEDIASOUP_VERSION}` : undefined;
}

/** The worker on this machine, or `undefined`; never throws. */
export function localWorkerBinary(): string | undefined {
  try {
    return findWorkerBinary(thisMachine(undefined));
  } catch {
    return undefined;
  }
}

/** A {@linkcode WorkerSearch} of this machine. */
export function thisMachine(packaged: string | undefined): WorkerSearch {
  return { env: (name) => Deno.env.get(name), exists: isFile, packaged };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
