/** A port for a program that cannot choose one by itself. */

/** A TCP port of this machine that nobody listened on a moment ago. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
