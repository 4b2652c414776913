/**
 * What the session's screen costs: made-up seconds of a hundred clients go
 * through update, view and screen, ten frames a second at 120×40 while
 * somebody types. The CPU is a share of one core.
 *
 *     deno run -A tests/bench/screen.ts
 *
 * @module
 */

import { Screen } from "../../cli/terminal/mod.ts";
import { update } from "../../cli/session/update.ts";
import { view } from "../../cli/session/view/view.ts";
import type { Message } from "../../cli/session/messages.ts";
import {
  runningModel,
  snapshotAt,
  typed,
  useAt,
} from "../cli/session/fixtures.ts";
import { printFigure } from "./figure.ts";

const CLIENTS = 100;
const SECONDS = 60;
const FRAMES_PER_SECOND = 10;

let model = runningModel({ size: { columns: 120, rows: 40 } });
const screen = new Screen("colour");
let nowMs = 0;
let bytes = 0;

function take(message: Message): void {
  model = update(model, message, nowMs).model;
}

for (const line of [`spawn ${CLIENTS} rooms=10`, "clients"]) {
  for (const message of typed(line)) take(message);
}
// Made beforehand: that is the load's work, not the screen's.
const snapshots = Array.from(
  { length: SECONDS },
  (_, second) => snapshotAt(second + 1, model.load.members),
);

let busyMs = 0;
for (const [second, snapshot] of snapshots.entries()) {
  const startMs = performance.now();
  take({ type: "measured", snapshot, use: useAt(second) });
  for (let frame = 0; frame < FRAMES_PER_SECOND; frame++) {
    nowMs += 1000 / FRAMES_PER_SECOND;
    take({ type: "tick" });
    take({ type: "key", key: { type: "char", text: "x" } });
    bytes += new TextEncoder().encode(screen.draw(view(model))).length;
  }
  busyMs += performance.now() - startMs;
}

printFigure({
  bench: "screen",
  figure: "cpu",
  value: busyMs / 1000 / SECONDS,
  unit: "ratio",
});
printFigure({
  bench: "screen",
  figure: "written per second",
  value: bytes / SECONDS,
  unit: "bytes",
});
