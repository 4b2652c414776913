/**
 * Names among a server's candidates, resolved once for all transports of a
 * thread: hundreds of clients are told the same few.
 *
 * @module
 */

/** The IP addresses of a name, in the order of preference; rejects where there are none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** Remembers what `resolve` found; a failure is forgotten, so that a later transport asks again. */
export function rememberNames(resolve: Resolve): Resolve {
  const known = new Map<string, Promise<readonly string[]>>();
  return (name) => {
    const found = known.get(name) ?? resolve(name);
    known.set(name, found);
    found.catch(() => known.delete(name));
    return found;
  };
}
