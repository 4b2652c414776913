/**
 * The soak suite: a session on a terminal, with charts on, drives a crowd
 * that never rests against an embedded server: churn, lost channels, bad
 * networks, mute storms, changes of quality, a restart of the server. It
 * prints how fast memory, files and sockets of both grow, and fails where
 * they do.
 *
 * ```text
 * deno task soak [--minutes N] [--engine werift|mediasoup]
 * ```
 *
 * What happens in the first part (two minutes, less in a soak of under six)
 * does not count: caches fill. The resident memory is looked at after a
 * collection, and once malloc has given back what is free; without what V8
 * keeps for later, and without compiled code: that ends by itself, later than
 * a soak. In a soak of six minutes and more the least of each round of what
 * is typed counts.
 * Exits with 1 when something grows or breaks, with 2 when an argument is
 * wrong.
 *
 * @module
 */

import { textLines } from "../../lib/sfu/text_lines.ts";
import {
  descendant,
  type Holdings,
  holdingsOf,
  type MemoryUse,
  V8_FLAGS,
} from "./process.ts";
import type { ServerLine } from "./server.ts";
import { leastOfEach, type Point, slopeOf } from "./slope.ts";

const CLI = new URL("../../cli/main.ts", import.meta.url).href;
const SERVER = new URL("./server.ts", import.meta.url).href;
const PROCESS = new URL("./process.ts", import.meta.url).href;
/** Has glibc give back at once what is freed of pieces of a page and more (mallopt(3)); of all others it is asked to. */
const GIVES_BACK = {
  MALLOC_MMAP_THRESHOLD_: "4096",
};
const DENO = ["run", "-A", "--quiet", "--no-check", `--v8-flags=${V8_FLAGS}`];

const SAMPLE_MS = 2000;
const WARM_UP_MIN = 2;
/** When the server is restarted, as a share of what does not count. */
const RESTART_AT = 0.4;
/** How long the last ones may take to be gone. */
const END_MS = 20_000;

/**
 * Again and again; typed one after the other, a step every five seconds. After
 * all of them there are as many in each room as before: who moves from room
 * to room moves the memory with him, for a consumer takes more of it than a
 * client.
 */
const DEEDS = [
  "reconnect all",
  "impair loss=5%:50%",
  "mute all",
  "impair off",
  "unmute all",
  "quality 720p fps=15",
  "spawn 4 room=side",
  "quality 480p fps=30",
  "drop room=side",
  "stats",
];
const DEED_MS = 5000;
const ROUND_MS = DEEDS.length * DEED_MS;
/** All of them once, in minutes. */
const ROUND_MIN = ROUND_MS / 60_000;
/**
 * Memory is looked at twice a round, at the same deeds in each. A collection
 * ends optimised code, too, that refers to what is gone, and it is compiled
 * anew: asked for more often, what compilers leave behind is what grows.
 */
const MEMORY_MS = ROUND_MS / 2;

/** What may grow a minute, once a soak is long enough to tell. */
const LIMITS = { rssBytes: 300_000, heapBytes: 300_000, files: 1, sockets: 1 };
/** In a short one little noise is a large slope. */
const SHORT_LIMITS = {
  rssBytes: 10_000_000,
  heapBytes: 3_000_000,
  files: 8,
  sockets: 8,
};
const SHORT_MIN = 6;
const SHORT_MEMORY_MS = 10_000;

type Figure = keyof typeof LIMITS;

/** What one process came to. */
export interface Grown {
  readonly process: "generator" | "server";
  readonly figure: Figure;
  readonly from: number;
  readonly to: number;
  readonly slope: number;
  readonly isTooMuch: boolean;
}

/** What a soak came to. */
export interface SoakEnd {
  readonly grown: readonly Grown[];
  /** The session's exit code. */
  readonly code: number;
  /** Rooms and people that the server still had after all had left. */
  readonly left: Pick<ServerLine, "rooms" | "people">;
  /** Clients that came in all. */
  readonly clients: number;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  let minutes = 10;
  let engine = "mediasoup";
  for (let i = 0; i < args.length; i += 2) {
    const value = args[i + 1];
    if (args[i] === "--minutes" && Number(value) >= 1) minutes = Number(value);
    else if (
      args[i] === "--engine" && ["werift", "mediasoup"].includes(value)
    ) engine = value;
    else {
      console.error(
        `${
          args[i]
        } ${value}: say --minutes N, at least 1, or --engine werift or mediasoup.`,
      );
      return 2;
    }
  }
  const end = await soak(minutes, engine, console.log);
  for (const line of linesOf(end)) console.log(line);
  return isClean(end) ? 0 : 1;
}

/** Whether nothing grew, broke or stayed. */
export function isClean({ grown, code, left }: SoakEnd): boolean {
  return code === 0 && left.rooms === 0 && left.people === 0 &&
    grown.every(({ isTooMuch }) => !isTooMuch);
}

/** What a soak came to, for people. */
export function linesOf({ grown, code, left, clients }: SoakEnd): string[] {
  const shown = (figure: Figure, value: number) =>
    figure.endsWith("Bytes")
      ? `${(value / 1e6).toFixed(2)} MB`
      : value.toFixed(1);
  return [
    ...grown.map(({ process, figure, from, to, slope, isTooMuch }) =>
      `${isTooMuch ? "GROWS" : "ok   "} ${process} ${
        figure.replace("Bytes", "")
      }: ${shown(figure, from)} to ${shown(figure, to)}, ${
        shown(figure, slope)
      } a minute`
    ),
    `session: exit ${code} after ${clients} clients; left on the server: ${left.rooms} rooms, ${left.people} people`,
  ];
}

/** Soaks for so many minutes; `onMinute` hears what both hold. */
export async function soak(
  minutes: number,
  engine: string,
  onMinute: (line: string) => void = () => {},
): Promise<SoakEnd> {
  const dir = await Deno.makeTempDir();
  try {
    let server = await startServer(engine, 0);
    const { port } = server.line();
    const session = await startSession(`ws://127.0.0.1:${port}/ws`, dir);
    const startMs = performance.now();
    const now = () => (performance.now() - startMs) / 60_000;
    const warmUpMin = Math.min(WARM_UP_MIN, minutes / 3);
    const restartMin = warmUpMin * RESTART_AT;
    const points = new Map<string, Point[]>();
    const note = (process: string, figure: string, value: number) => {
      const key = `${process} ${figure}`;
      if (!points.has(key)) points.set(key, []);
      points.get(key)!.push({ minutes: now(), value });
    };
    await session.watchMemory(
      minutes < SHORT_MIN ? SHORT_MEMORY_MS : MEMORY_MS,
    );
    await session.type("spawn 10");
    await session.type("churn 2");
    let restarted = false;
    let nextMinute = 1;
    let nextDeedMs = performance.now() + DEED_MS;
    let deed = 0;
    while (now() < minutes && session.isRunning()) {
      await pass(SAMPLE_MS);
      if (!restarted && now() > restartMin) {
        restarted = true;
        await server.stop();
        server = await startServer(engine, port);
      }
      if (performance.now() > nextDeedMs) {
        nextDeedMs += DEED_MS;
        await session.type(DEEDS[deed++ % DEEDS.length]);
      }
      const seen: [string, Holdings | undefined, MemoryUse | undefined][] = [
        ["generator", session.holdings(), session.memory()],
        ["server", holdingsOf(server.pid), server.line().memory],
      ];
      if (now() >= nextMinute) {
        onMinute(`${nextMinute++} min: ${seen.map(heldBy).join("; ")}`);
      }
      if (now() < warmUpMin) continue;
      for (const [process, holdings, memory] of seen) {
        if (holdings === undefined || memory === undefined) continue;
        const { files, sockets } = holdings;
        note(process, "rssBytes", memory.heldBytes);
        note(process, "heapBytes", memory.heapBytes);
        note(process, "files", files);
        note(process, "sockets", sockets);
      }
    }
    const clients = await session.clients();
    const code = await session.quit();
    await server.settled(END_MS);
    const { rooms, people } = server.line();
    await server.stop();
    const limits = minutes < SHORT_MIN ? SHORT_LIMITS : LIMITS;
    const grown = [...points].map(([key, all]) => {
      const [process, figure] = key.split(" ") as [Grown["process"], Figure];
      // A short one has not enough whole rounds.
      const isMemory = figure.endsWith("Bytes") && minutes >= SHORT_MIN;
      const slope = slopeOf(isMemory ? leastOfEach(all, ROUND_MIN) : all);
      return {
        process,
        figure,
        from: all[0].value,
        to: all.at(-1)!.value,
        slope,
        isTooMuch: slope > limits[figure],
      };
    });
    return { grown, code, left: { rooms, people }, clients };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function heldBy(
  [process, holdings, memory]: [
    string,
    Holdings | undefined,
    MemoryUse | undefined,
  ],
): string {
  if (holdings === undefined || memory === undefined) return `${process} gone`;
  const { rssBytes, files, sockets } = holdings;
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;
  return `${process} ${mb(rssBytes)}, of it ${mb(memory.heldBytes)} held, ${
    mb(memory.heapBytes)
  } heap, ${mb(memory.codeBytes)} code; ${files} files, ${sockets} sockets`;
}

async function startServer(engine: string, port: number) {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...DENO, SERVER, engine, String(port)],
    env: GIVES_BACK,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let last: ServerLine | undefined;
  let wake = () => {};
  const reading = (async () => {
    for await (const text of textLines(child.stdout)) {
      last = JSON.parse(text) as ServerLine;
      wake();
    }
    wake();
  })();
  const next = () => new Promise<void>((resolve) => wake = resolve);
  await next();
  if (last === undefined) throw new Error("The server did not start.");
  return {
    pid: child.pid,
    line: () => last!,
    /** Waits until nobody is left, but not for ever. */
    async settled(withinMs: number) {
      const untilMs = performance.now() + withinMs;
      while (last!.people > 0 && performance.now() < untilMs) await next();
    },
    async stop() {
      child.kill("SIGTERM");
      await Promise.all([reading, child.status]);
    },
  };
}

/** The session as somebody would use it: on a terminal of its own, which script(1) makes. */
async function startSession(url: string, dir: string) {
  const command = [Deno.execPath(), ...DENO, CLI, "--server", url];
  const child = new Deno.Command("script", {
    args: [
      "--quiet",
      "--flush",
      "--return",
      "--command",
      `stty cols 120 rows 40; exec ${
        command.map((word) => `'${word}'`).join(" ")
      }`,
      "/dev/null",
    ],
    cwd: dir,
    env: { XDG_STATE_HOME: dir, TERM: "xterm-256color", ...GIVES_BACK },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const typing = child.stdin.getWriter();
  const drawn = Promise.withResolvers<void>();
  const drawing = (async () => {
    for await (const _bytes of child.stdout) drawn.resolve();
  })();
  let isRunning = true;
  const ended = child.status.then((status) => {
    isRunning = false;
    return status;
  });
  await Promise.race([drawn.promise, ended]);
  const type = (line: string) =>
    typing.write(new TextEncoder().encode(`${line}\r`)).catch(() => {});
  const read = <T>(name: string): T | undefined => {
    try {
      return JSON.parse(Deno.readTextFileSync(`${dir}/${name}`));
    } catch {
      return undefined;
    }
  };
  return {
    type,
    isRunning: () => isRunning,
    holdings() {
      const pid = descendant(child.pid, "deno");
      return pid === undefined ? undefined : holdingsOf(pid);
    },
    // Asked once, for each question would be compiled, kept in the log and so
    // be what grows.
    watchMemory: (everyMs: number) =>
      type(
        `js import("${PROCESS}").then((it) => it.keepTelling("memory", ${everyMs}))`,
      ),
    memory: () => read<MemoryUse>("memory"),
    async clients() {
      await type(
        `js Deno.writeTextFileSync("clients", String(clients.length))`,
      );
      await pass(SAMPLE_MS);
      return read<number>("clients") ?? 0;
    },
    async quit() {
      await type("quit");
      const { code } = await ended;
      await drawing;
      await typing.close().catch(() => {});
      return code;
    },
  };
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
