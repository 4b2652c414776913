/** A running `tests/fixtures/monitored_server.ts` for the tests of the monitor. */

import type {
  MonitorEvent,
  MonitorNote,
  ServerSample,
} from "../../lib/monitor/mod.ts";

export interface Monitored extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  /** Has it do something; resolves to its answer. */
  ask(command: string): Promise<string>;
  /** Kills it at once. */
  kill(): Promise<void>;
}

/** Starts one, as an argument of the command `wrapper` if there is one. */
export async function startMonitored(
  port = 0,
  wrapper: readonly string[] = [],
): Promise<Monitored> {
  const script = new URL("../fixtures/monitored_server.ts", import.meta.url);
  const [command, ...args] = [
    ...wrapper,
    ...[Deno.execPath(), "run", "-A", "--unstable-net", script.pathname],
    String(port),
  ];
  const child = new Deno.Command(command, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const answers = child.stdout.pipeThrough(new TextDecoderStream())
    .getReader();
  const answer = async () => (await answers.read()).value?.trim() ?? "";
  const end = async () => {
    await writer.close().catch(() => {});
    await answers.cancel();
    await child.status;
  };
  return {
    pid: child.pid,
    port: Number(await answer()),
    async ask(command) {
      await writer.write(new TextEncoder().encode(command + "\n"));
      return await answer();
    },
    async kill() {
      child.kill("SIGKILL");
      await end();
    },
    [Symbol.asyncDispose]: end,
  };
}

/** A listener for a monitor, and a way to wait for what it hears next. */
export function listen() {
  const heard: MonitorEvent[] = [];
  let wake = () => {};
  let read = 0;
  const next = async () => {
    while (read === heard.length) {
      await new Promise<void>((resolve) => wake = resolve);
    }
    return heard[read++];
  };
  return {
    onEvent(event: MonitorEvent) {
      heard.push(event);
      wake();
    },
    /** The next sample; notes before it are passed over. */
    async sample(): Promise<ServerSample> {
      for (;;) {
        const event = await next();
        if (event.kind === "sample") return event.sample;
      }
    },
    /** The message of the next note of `kind`; what comes before it is passed over. */
    async note(kind: MonitorNote["kind"]): Promise<string> {
      for (;;) {
        const event = await next();
        if (event.kind === kind) return event.message;
      }
    },
  };
}
