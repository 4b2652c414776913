/**
 * Proves that the tool's own figures are right: does known things to a room
 * full of clients over mediasoup and prints what is reported of them.
 *
 * ```text
 * deno task accuracy [--quick] [--clients=N] [--seconds=N] [--only=TRIAL,…]
 * deno task accuracy --beside-browser[=NETWORK,…] [--seconds=N] [--runs=N] [--impaired] [--publishers=N] [--audio-only | --simulcast]
 * deno task accuracy --senders-beside-browser[=NETWORK,…] [--seconds=N] [--runs=N]
 * ```
 *
 * The second form has a real Chromium and a client of ours watch the same
 * video behind each network, for 30 s where nothing else is asked for; of
 * several runs the medians are printed, the machine's load, which most of them
 * depend on where it is above its cores, and which of ours are `out`: too far
 * from the browser's. With `--impaired` ours impairs its network itself, as
 * clients with `--impair` do, in place of the relay; what it loses is drawn
 * anew then, so it takes more runs until both have lost alike. The third form
 * has both send behind each network, and prints what mediasoup says of the
 * streams that come in.
 *
 * `--only` takes the names of trials. `--clients` and `--seconds` are for the
 * comparison of an undisturbed run (`plain`): 50 and 600 where there are cores
 * for it. Exits with 1 when a figure is
 * wrong, with 2 when it is asked for something else.
 *
 * @module
 */

import {
  type BesideOptions,
  isNetwork,
  type NetworkName,
  NETWORKS,
  watchBeside,
} from "./beside_browser.ts";
import { outOfSeen, outOfViewing } from "./goals.ts";
import { publishBeside } from "./publishers_beside.ts";
import {
  comparePlain,
  cutOff,
  delayBy,
  isRight,
  joinLate,
  loseRatios,
  repairVideo,
  roundTrips,
  type Row,
} from "./trials.ts";

const LOSS_RATIOS = [0.001, 0.01, 0.05, 0.2];
const DELAYS_MS = [20, 100, 300];

const WIDTHS = { what: 58, number: 12 };
const HEADER = [
  "".padEnd(WIDTHS.what),
  ...["happened", "reported", "apart", "allowed"].map((title) =>
    title.padStart(WIDTHS.number)
  ),
].join("");
/** How long each trial goes on. */
const LENGTHS = {
  quick: { lossMs: 3000, delayMs: 2000, plainMs: 10_000, repairMs: 3000 },
  full: { lossMs: 30_000, delayMs: 10_000, plainMs: 60_000, repairMs: 20_000 },
};
type Lengths = typeof LENGTHS[keyof typeof LENGTHS];
const CUT_MS = 3000;
/** Who has seen nothing for three seconds asks for a key frame, five times a second. */
const MAX_STUCK_MS = 1000;
/** Who looks from outside sees a frame so late. */
const MAX_LOOK_MS = 50;
/** Far below the five seconds from one key frame to the next. */
const MAX_FIRST_FRAME_MS = 500;
const DEFAULT_CLIENTS = 10;

/** How long, of how many clients, each trial is. */
type Trial = (lengths: Lengths, clients: number) => Promise<readonly Row[]>;

/** All of them, in their order. */
const TRIALS: Readonly<Record<string, Trial>> = {
  "loss": ({ lossMs }) => loseRatios(LOSS_RATIOS, lossMs),
  "delay-in": ({ delayMs }) => delayBy(DELAYS_MS, "inbound", delayMs),
  "delay-out": ({ delayMs }) => delayBy(DELAYS_MS, "outbound", delayMs),
  "round-trip": ({ delayMs }) => roundTrips(DELAYS_MS, delayMs),
  "plain": ({ plainMs }, clients) => comparePlain(clients, plainMs),
  "repair": ({ repairMs }) => repairRows(repairMs),
  "cut": () => cutRows(CUT_MS),
  "late": lateRows,
};
const BESIDE_SECONDS = 30;

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const options = new Map(args.map((arg) => {
    const [name, value = ""] = arg.split("=");
    return [name, value] as const;
  }));
  for (
    const form of ["--beside-browser", "--senders-beside-browser"] as const
  ) {
    const beside = options.get(form);
    if (beside === undefined) continue;
    options.delete(form);
    return await runBeside(form, beside, options);
  }
  const wrong = [...options].find(([name, value]) =>
    name === "--quick"
      ? value !== ""
      : name === "--only"
      ? !value.split(",").every((trial) => Object.hasOwn(TRIALS, trial))
      : !["--clients", "--seconds"].includes(name) || !(Number(value) > 1)
  );
  if (wrong !== undefined) {
    console.error(
      `Cannot understand ${
        wrong.join("=")
      }: it takes --quick, --clients=N, --seconds=N and --only with ${
        Object.keys(TRIALS).join(", ")
      }, or --beside-browser[=NETWORK,…] and --seconds=N.`,
    );
    return 2;
  }
  const lengths = options.has("--quick") ? LENGTHS.quick : LENGTHS.full;
  const clients = Number(options.get("--clients") ?? DEFAULT_CLIENTS);
  const seconds = options.get("--seconds");
  const plainMs = seconds === undefined
    ? lengths.plainMs
    : Number(seconds) * 1000;
  const only = options.get("--only")?.split(",");
  let right = true;
  console.log(HEADER);
  for (const [name, trial] of Object.entries(TRIALS)) {
    if (only?.includes(name) === false) continue;
    for (const row of await trial({ ...lengths, plainMs }, clients)) {
      console.log(lineOf(row));
      right &&= isRight(row);
    }
  }
  return right ? 0 : 1;
}

/** Watches or sends beside a browser, as the options say; the exit code. */
async function runBeside(
  form: "--beside-browser" | "--senders-beside-browser",
  networks: string,
  options: Map<string, string>,
): Promise<number> {
  const names = networks === "" ? Object.keys(NETWORKS) : networks.split(",");
  const unknown = names.find((name) => !isNetwork(name));
  const seconds = Number(options.get("--seconds") ?? BESIDE_SECONDS);
  const runs = Number(options.get("--runs") ?? 1);
  const publishers = Number(options.get("--publishers") ?? 1);
  const isImpaired = options.has("--impaired");
  const isAudioOnly = options.has("--audio-only");
  const isSimulcast = options.has("--simulcast");
  const words = form === "--beside-browser"
    ? [
      "--seconds",
      "--runs",
      "--impaired",
      "--publishers",
      "--audio-only",
      "--simulcast",
    ]
    : ["--seconds", "--runs"];
  const strange = [...options.keys()].find((name) => !words.includes(name));
  const isWhole = (number: number) => Number.isInteger(number) && number > 0;
  if (
    unknown !== undefined || strange !== undefined || !(seconds > 1) ||
    !isWhole(runs) || !isWhole(publishers)
  ) {
    console.error(
      `Cannot compare with a browser: ${
        unknown ?? strange ?? "a number"
      } is none of its words. ${form} takes ${
        words.join(", ")
      } and the networks ${Object.keys(NETWORKS).join(", ")}.`,
    );
    return 2;
  }
  const forMs = seconds * 1000;
  return form === "--beside-browser"
    ? await printBeside(names.filter(isNetwork), {
      forMs,
      runs,
      isImpaired,
      publishers,
      isAudioOnly,
      isSimulcast,
    })
    : await printSenders(names.filter(isNetwork), { forMs, runs });
}

function printLine(...words: readonly (string | number)[]): void {
  console.log(
    words.map((word, i) =>
      i === 0 ? `${word}`.padEnd(20) : `${word}`.padStart(9)
    )
      .join(""),
  );
}

/** What is not as near to the browser's as it should be. */
function said(out: readonly string[]): string {
  return out.length === 0 ? "" : `  out: ${out.join(", ")}`;
}

/** A line for each network, kind and sender. */
async function printSenders(
  names: readonly NetworkName[],
  options: { readonly forMs: number; readonly runs: number },
): Promise<number> {
  printLine(
    "network",
    "kind",
    "sender",
    "RTX",
    "packets/s",
    "lost %",
    "repaired",
    "fraction",
    "RTT ms",
    "jitter ms",
    "score",
    "load",
  );
  const percent = (ratio: number) => (ratio * 100).toFixed(1);
  for await (const row of publishBeside(names, options)) {
    const { name, kind, browser, ours } = row;
    for (const [sender, of] of Object.entries({ browser, ours })) {
      const out = of === ours ? outOfSeen(browser, ours) : [];
      printLine(
        name,
        kind,
        sender,
        of.hasRtx,
        of.packetsPerSecond.toFixed(0),
        percent(of.lostRatio),
        percent(of.repairedRatio),
        percent(of.fractionLost),
        of.roundTripMs.toFixed(1),
        of.jitterMs.toFixed(1),
        of.score.toFixed(1),
        Deno.loadavg()[0].toFixed(1),
        said(out),
      );
    }
  }
  return 0;
}

/** A line for each network and viewer. */
async function printBeside(
  names: readonly NetworkName[],
  options: BesideOptions,
): Promise<number> {
  printLine(
    "network",
    "viewer",
    "frames",
    "dropped",
    "freezes",
    "frozen s",
    "NACKs",
    "asked",
    "resent",
    "PLIs",
    "lost %",
    "made up %",
    "video ms",
    "audio ms",
    "repairs",
    "repaired",
    "RR lost %",
    "RTT ms",
    "score",
    "sent",
    "load",
  );
  for await (const { name, browser, ours } of watchBeside(names, options)) {
    for (const [viewer, of] of Object.entries({ browser, ours })) {
      const out = of === ours ? outOfViewing(browser, ours) : [];
      printLine(
        name,
        viewer,
        of.framesShown,
        of.framesDropped,
        of.freezes,
        of.frozenS.toFixed(1),
        of.nacks,
        of.packetsAsked,
        of.packetsResent,
        of.keyFrameRequests,
        (of.lostRatio * 100).toFixed(1),
        (of.concealed / of.samples * 100).toFixed(2),
        of.videoDelayMs.toFixed(0),
        of.audioDelayMs.toFixed(0),
        of.repairs,
        of.packetsLost === 0
          ? "-"
          : (of.repairs / of.packetsLost * 100).toFixed(1),
        (of.reportedLostRatio * 100).toFixed(1),
        of.roundTripMs.toFixed(1),
        of.score.toFixed(1),
        of.packetsSent,
        Deno.loadavg()[0].toFixed(1),
        said(out),
      );
    }
  }
  return 0;
}

async function repairRows(forMs: number): Promise<Row[]> {
  const repairs = await repairVideo(forMs);
  const { lost, repaired, retransmitted, received, dropped } = repairs;
  const percent = (packets: number) => packets / dropped * 100;
  return [
    {
      what: "5 % of video dropped: lost, and repairs that did not come",
      truth: dropped,
      reported: lost + retransmitted - received,
      tolerance: 0,
      unit: "packets",
    },
    {
      what: "  packets that were asked for again, by mediasoup and by us",
      truth: repairs.nacked,
      reported: repairs.asked,
      tolerance: 0,
      unit: "packets",
    },
    {
      what: "  left after repairs, of what was lost (bound, figure)",
      truth: 0,
      reported: percent(lost - repaired),
      tolerance: 25,
      unit: "%",
    },
  ];
}

async function lateRows(): Promise<Row[]> {
  return [{
    what: "who comes late sees all videos after (bound, figure)",
    truth: 0,
    reported: await joinLate(),
    tolerance: MAX_FIRST_FRAME_MS,
    unit: "ms",
  }];
}

async function cutRows(forMs: number): Promise<Row[]> {
  const cut = await cutOff(forMs);
  const { receivedMeanwhile, recoveryMs, sendingRecoveryMs } = cut;
  return [
    {
      what: `network gone for ${forMs / 1000} s: packets meanwhile`,
      truth: 0,
      reported: receivedMeanwhile,
      tolerance: 0,
      unit: "packets",
    },
    {
      what: "  media received again after",
      truth: 0,
      reported: recoveryMs,
      tolerance: 1000,
      unit: "ms",
    },
    {
      what: "  media of it received again after",
      truth: 0,
      reported: sendingRecoveryMs,
      tolerance: 1000,
      unit: "ms",
    },
    {
      what: "  shown again after, as watched and as told",
      truth: cut.shownAgainMs,
      reported: cut.reportedRecoveryMs ?? -1,
      tolerance: MAX_LOOK_MS,
      unit: "ms",
    },
    {
      what: "  its video stood still for",
      truth: forMs,
      reported: cut.totalFreezesDurationMs,
      tolerance: MAX_STUCK_MS,
      unit: "ms",
    },
    {
      what: "  video of it stood still for",
      truth: forMs,
      reported: cut.sendingFrozenMs,
      tolerance: MAX_STUCK_MS,
      unit: "ms",
    },
  ];
}

function lineOf(row: Row): string {
  const { what, truth, reported, tolerance, unit } = row;
  const numbers = [truth, reported, Math.abs(reported - truth), tolerance];
  return [
    what.padEnd(WIDTHS.what),
    ...numbers.map((value) =>
      (unit === "packets" ? String(value) : value.toFixed(3))
        .padStart(WIDTHS.number)
    ),
    ` ${unit}`,
    isRight(row) ? "" : "  WRONG",
  ].join("");
}
