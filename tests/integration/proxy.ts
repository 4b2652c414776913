/** A running `tests/fixtures/tcp_proxy.ts`. */

export interface Proxy extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
}

/** Starts one in front of a port. */
export async function startProxy(port: number): Promise<Proxy> {
  const script = new URL("../fixtures/tcp_proxy.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", script.pathname, String(port)],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const answers = child.stdout.pipeThrough(new TextDecoderStream())
    .getReader();
  return {
    pid: child.pid,
    port: Number((await answers.read()).value),
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await answers.cancel();
      await child.status;
    },
  };
}
