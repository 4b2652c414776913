/** A server behind TLS with a certificate of its own, and behind a proxy, as every command meets it. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startSfu } from "../../lib/sfu/mod.ts";
import { OutDir, runProgram } from "./program.ts";

const TLS = new URL("../fixtures/tls/", import.meta.url);
const CA = new URL("ca.pem", TLS).pathname;
const SHORT = ["-c2", "-r0", "-d1", "--audio-only", "--quiet"];

/** Hands every connection on to `port`; says who asked, where it is a proxy. */
class Front implements AsyncDisposable {
  readonly port: number;
  readonly targets: string[] = [];
  readonly #listener: Deno.Listener;
  readonly #serving: Promise<void>;
  readonly #open = new Set<Deno.Conn>();

  private constructor(
    listener: Deno.Listener,
    reach: (front: Front, one: Deno.Conn) => Promise<Deno.Conn>,
  ) {
    this.#listener = listener;
    this.port = (listener.addr as Deno.NetAddr).port;
    this.#serving = this.#serve(reach);
  }

  static tls(port: number): Front {
    const listener = Deno.listenTls({
      hostname: "127.0.0.1",
      port: 0,
      cert: Deno.readTextFileSync(new URL("localhost.pem", TLS)),
      key: Deno.readTextFileSync(new URL("localhost.key.pem", TLS)),
    });
    return new Front(
      listener,
      () => Deno.connect({ hostname: "127.0.0.1", port }),
    );
  }

  static proxy(): Front {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    return new Front(listener, async (front, one) => {
      const bytes = new Uint8Array(4096);
      const count = await one.read(bytes) ?? 0;
      const request = new TextDecoder().decode(bytes.subarray(0, count));
      const target = /^CONNECT (\S+) HTTP/.exec(request)?.[1] ?? "no target";
      front.targets.push(target);
      const { hostname, port } = new URL(`http://${target}`);
      const onward = await Deno.connect({ hostname, port: Number(port) });
      await one.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
      return onward;
    });
  }

  async #serve(
    reach: (front: Front, one: Deno.Conn) => Promise<Deno.Conn>,
  ): Promise<void> {
    const all: Promise<unknown>[] = [];
    for (;;) {
      let one: Deno.Conn;
      try {
        one = await this.#listener.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource) break;
        // A handshake that somebody broke off.
        continue;
      }
      all.push(this.#join(one, reach(this, one)));
    }
    await Promise.all(all);
  }

  async #join(one: Deno.Conn, reaching: Promise<Deno.Conn>): Promise<void> {
    this.#open.add(one);
    try {
      const other = await reaching;
      this.#open.add(other);
      await Promise.all([
        one.readable.pipeTo(other.writable),
        other.readable.pipeTo(one.writable),
      ].map((piping) => piping.catch(() => {})));
    } catch {
      // It broke its handshake off, as one that does not trust us does.
      one.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const one of this.#open) {
      try {
        one.close();
      } catch {
        // It has gone by itself.
      }
    }
    await this.#serving;
  }
}

Deno.test("a private certificate is refused with what to do, and taken with its authority by every thread and monitor", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  await using front = Front.tls(Number(new URL(sfu.url).port));
  const url = `wss://localhost:${front.port}/ws`;
  using out = new OutDir();
  const refused = await runProgram([
    "run",
    "-s",
    url,
    ...SHORT,
    "--out",
    out.path,
  ]);
  assertEquals(refused.code, 1);
  assertMatch(
    refused.stderr,
    /of an unknown authority, "Private CA"\. Trust the authority with --ca FILE/,
  );
  const monitor = ["--monitor", `https://localhost:${front.port}`];
  const all = [...SHORT, ...monitor, "--workers=2", "--out", out.path];
  const { stderr } = await runProgram([
    "run",
    "-s",
    url,
    ...all,
    "--ca",
    CA,
  ]);
  assertEquals(stderr, "");
  const { summary } = out.read();
  assertEquals(summary.successfulConnections, 2);
  assertEquals(summary.server.notes, []);
});

Deno.test("a session and a doctor take it as well", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  await using front = Front.tls(Number(new URL(sfu.url).port));
  const url = `wss://localhost:${front.port}/ws`;
  const session = await runProgram(
    ["-s", url, "--audio-only", "--insecure"],
    {},
    "spawn 1\nwait connected 20s\nstats\nquit\n",
  );
  assertEquals(session.code, 0);
  assertMatch(session.stdout, /clients +1 of 1 connected/);
  const doctor = await runProgram(["doctor", "-s", url, "-c1", "--ca", CA]);
  assertStringIncludes(doctor.stdout, `${url} answers`);
});

Deno.test("every thread goes through the proxy of the environment, but to whom NO_PROXY names", async () => {
  await using sfu = await startSfu({ engine: "werift" });
  await using proxy = Front.proxy();
  const { host } = new URL(sfu.url);
  const env = { HTTP_PROXY: `http://me:secret@127.0.0.1:${proxy.port}` };
  using out = new OutDir();
  const args = ["run", "-s", sfu.url, ...SHORT, "--out", out.path];
  const through = await runProgram([...args, "--workers=2"], env);
  // A machine that is busy may make it invalid.
  const PASSED = [0, 98];
  assertEquals([PASSED.includes(through.code), through.stderr], [true, ""]);
  // Whether the server is there, and two clients.
  assertEquals(proxy.targets, [host, host, host]);
  const around = await runProgram(args, { ...env, NO_PROXY: "127.0.0.1" });
  assertEquals([PASSED.includes(around.code), proxy.targets.length], [true, 3]);
  const doctor = await runProgram(["doctor", "-s", sfu.url, "-c1"], env);
  assertStringIncludes(doctor.stdout, `${sfu.url} answers`);
});
