/** What the runtime connects to while a test runs. */

/** Where to, and until when. */
export type Asked = Pick<Deno.ConnectOptions, "hostname" | "port" | "signal">;

/** Has `Deno.connect` give what `connect` does, until it is disposed of. */
export function connecting(
  connect: (asked: Asked) => Promise<unknown>,
): Disposable {
  const real = Deno.connect;
  Deno.connect = connect as unknown as typeof Deno.connect;
  return { [Symbol.dispose]: () => void (Deno.connect = real) };
}
