import { assertEquals, assertThrows } from "@std/assert";
import { parseImpairment } from "../../../../lib/impairment/mod.ts";
import {
  checkSteering,
  steer,
  type Steering,
} from "../../../../lib/load/node/steer.ts";
import { recorderOf } from "../../metrics/client.ts";

const CELLAR = parseImpairment("loss=5%");

Deno.test.each<{
  readonly command: Steering;
  readonly did: string;
  readonly cuts?: number;
}>([
  {
    command: { type: "pause", clients: [0], kind: "audio", paused: true },
    did: 'setPaused ["audio",true]',
  },
  {
    command: { type: "quality", clients: [0], quality: "720p", fps: 15 },
    did: 'setQuality ["720p",15]',
  },
  {
    command: { type: "layers", clients: [0], spatialLayer: 2 },
    did: "preferLayer [2]",
  },
  {
    command: { type: "reconnect", clients: [0] },
    did: "cutChannel []",
    cuts: 1,
  },
  { command: { type: "rejoin", clients: [0] }, did: "rejoin []", cuts: 1 },
  {
    command: { type: "impair", clients: [0], impairment: CELLAR },
    did: `impair ${JSON.stringify([CELLAR, 700])}`,
  },
])(
  "a client that is steered does just that: $command.type",
  async ({ command, did, cuts = 0 }) => {
    const done: string[] = [];
    const record = recorderOf(0, { roomId: "a" });
    const told = (name: string) => (...args: unknown[]) => {
      done.push(`${name} ${JSON.stringify(args)}`);
      return Promise.resolve();
    };
    await steer(
      {
        client: {
          cutChannel: told("cutChannel"),
          preferLayer: told("preferLayer"),
          rejoin: told("rejoin"),
          setPaused: told("setPaused"),
          setQuality: told("setQuality"),
        },
        network: { impair: told("impair") },
        record,
      },
      command,
      700,
    );
    assertEquals(done, [did]);
    assertEquals(record.figures.cuts, cuts);
    assertEquals(
      record.figures.impairment,
      command.type === "impair" ? "loss=5%" : null,
    );
  },
);

Deno.test("a network that cannot be is refused before anyone has it, and a good one never", () => {
  const impair = (lossRatio: number): Steering => ({
    type: "impair",
    clients: [0],
    impairment: { inbound: { lossRatio } },
  });
  assertThrows(() => checkSteering(impair(2)), RangeError);
  checkSteering(impair(1));
  checkSteering({ type: "impair", clients: [], impairment: null });
});
