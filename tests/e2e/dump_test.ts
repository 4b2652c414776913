/** Dumps of a real run, as others' programs read them. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { readRtcStats } from "../lib/dump/rtcstats_reader.ts";
import { OutDir, Program } from "./program.ts";

const TSHARK = "/usr/bin/tshark";
const ignore = !Deno.env.has("CI") &&
  await Deno.stat(TSHARK).then(() => false, () => true);

/** Of a few seconds, the last moment left out. */
function isAbout(actual: number, expected: number): void {
  assertAlmostEquals(actual, expected, 5 + expected * 0.03);
}

async function tshark(args: readonly string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(TSHARK, {
    args: [...args],
    stderr: "null",
  }).output();
  assert(success, args.join(" "));
  return new TextDecoder().decode(stdout);
}

Deno.test({
  name:
    "Wireshark finds the packets that the results say were lost, and an rtcstats viewer what the client had",
  ignore,
  fn: async () => {
    using out = new OutDir();
    await using run = new Program([
      ...["run", "--embedded", "-c", "2", "-d", "5s", "-r", "4"],
      ...["--impair", "in.loss=5%", "--dump", "client-1", "--out", out.path],
    ]);
    await run.ended();
    const dump = `${out.path}/client-1`;
    const [, results] = JSON.parse(
      await Deno.readTextFile(`${out.path}/load_test_results.json`),
    );
    assertEquals(results.clientId, "client-1");

    const streams = await tshark([
      "-r",
      `${dump}.pcapng`,
      "-q",
      "-z",
      "rtp,streams",
    ]);
    const rows = streams.split("\n").flatMap((line) => {
      const [, received, lost] = / RTPType-\d+ +(\d+) +(-?\d+) \(/.exec(line) ??
        [];
      return received === undefined
        ? []
        : [{ line, received: Number(received), lost: Number(lost) }];
    });
    const incoming = rows.filter(({ line }) => / 0\.0\.0\.0 +2 /.test(line));
    assertEquals(incoming.length, 2);
    const sum = (name: "received" | "lost") =>
      incoming.reduce((total, row) => total + row[name], 0);
    // While a client leaves, packets still come that nobody counts.
    isAbout(sum("received"), results.totalPacketsReceived);
    isAbout(sum("lost"), results.packetsLost);
    assert(results.packetsLost > 0);
    const reports = await tshark([
      ...["-r", `${dump}.pcapng`, "-Y", "rtcp", "-T", "fields"],
      ...["-e", "rtcp.pt", "-e", "_ws.malformed"],
    ]);
    assert(/^20[01]/m.test(reports));
    assertEquals(reports.includes("Malformed"), false);

    const { stats, events } = readRtcStats(
      await Deno.readTextFile(`${dump}.rtcstats`),
    );
    const tracks = Object.values(stats.get("recv")!)
      .filter(({ type }) => type === "inbound-rtp");
    const total = (name: string) =>
      tracks.reduce((all, track) => all + Number(track[name]), 0);
    isAbout(total("packetsReceived"), results.totalPacketsReceived);
    isAbout(total("packetsLost"), results.packetsLost);
    assert(
      events.some(({ name, value }) =>
        name === "onconnectionstatechange" && value === "connected"
      ),
    );
  },
});

Deno.test({
  name: "a run that is killed leaves dumps that can be read to the last second",
  ignore,
  fn: async () => {
    using out = new OutDir();
    await using run = new Program([
      ...["run", "--embedded", "-c", "2", "-d", "1m", "-r", "4"],
      ...["--dump", "2", "--out", out.path],
    ]);
    const dump = `${out.path}/client-0`;
    let isOver = false;
    run.ended().then(() => isOver = true);
    for (;;) {
      assertEquals(isOver, false);
      const events = await Deno.readTextFile(`${dump}.rtcstats`)
        .catch(() => "");
      if (/"inbound-rtp"/.test(events)) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    run.kill("SIGKILL");
    await run.ended();
    readRtcStats(await Deno.readTextFile(`${dump}.rtcstats`));
    const packets = await tshark(["-r", `${dump}.pcapng`, "-Y", "rtp"]);
    assert(packets.length > 0);
  },
});
