import { assert, assertEquals } from "@std/assert";

const ignore = Deno.build.os !== "linux";

const BENCH = new URL("../bench/packet_path.ts", import.meta.url).href;

interface Line {
  readonly bench: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline?: string;
  readonly ratio?: number;
}

Deno.test({
  name:
    "the packet path's bench prints each figure, ours with its ratio to werift's",
  ignore,
  async fn() {
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", BENCH, "--quick", "werift", "native"],
      stdin: "null",
    }).output();
    assertEquals(code, 0);
    const lines = new TextDecoder().decode(stdout).trim().split("\n")
      .map((line) => JSON.parse(line) as Line);
    assertEquals(
      [...new Set(lines.map(({ figure }) => figure.split(".")[0]))],
      ["werift", "native"],
    );
    for (const { bench, figure, value, unit } of lines) {
      assertEquals(bench, "packet_path");
      assert(Number.isFinite(value), figure);
      assert(unit !== "", figure);
    }
    const both = lines.find(({ figure }) => figure === "native.both");
    assertEquals(both?.baseline, "werift.both");
    assert(both?.ratio !== undefined && both.ratio > 0);
    // Whatever the machine is busy with, packets came back.
    const delivered = lines.find(({ figure }) => figure === "native.delivered");
    assert(delivered !== undefined && delivered.value > 0);
  },
});
