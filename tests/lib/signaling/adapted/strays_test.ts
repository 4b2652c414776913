/** Whose mistake it is, what nobody caught. */

import { assertEquals } from "@std/assert";
import { isOurs } from "../../../../lib/signaling/adapted/strays.ts";

const ROOT = import.meta.resolve("../../../../");
const ADAPTER = "file:///home/me/app/my_adapter.ts";
const WS = "file:///home/me/.cache/npm/h/ws/8.0.0/lib/receiver.js:1:2";

/** An error that was thrown there, the innermost place first. */
function thrownAt(...places: readonly string[]): Error {
  const error = new Error("no");
  error.stack = ["Error: no", ...places.map((at) => `    at f (${at})`)]
    .join("\n");
  return error;
}

Deno.test.each<{ why: string; thrown: unknown; ours: boolean }>([
  {
    why: "a module of ours",
    thrown: thrownAt(`${ROOT}lib/client/client.ts:1:2`),
    ours: true,
  },
  {
    why: "what a module of ours called",
    thrown: thrownAt(WS, "ext:core/a.js:1:2", `${ROOT}cli/main.ts:1:2`),
    ours: true,
  },
  {
    why: "an adapter that a module of ours called",
    thrown: thrownAt(`${ADAPTER}:1:2`, `${ROOT}lib/client/client.ts:1:2`),
    ours: false,
  },
  {
    why: "a module of ours that an adapter called",
    thrown: thrownAt(`${ROOT}lib/rtc/mod.ts:1:2`, `${ADAPTER}:1:2`),
    ours: false,
  },
  {
    why: "a file beside the adapter",
    thrown: thrownAt("file:///home/me/app/wire.ts:1:2"),
    ours: false,
  },
  {
    why: "a file that lies at the top of ours",
    thrown: thrownAt(`${ROOT}wire.ts:1:2`),
    ours: false,
  },
  { why: "a library of the adapter's", thrown: thrownAt(WS), ours: false },
  { why: "the runtime", thrown: thrownAt("ext:fetch/a.js:1:2"), ours: false },
  {
    why: "what was asked by jsonRpc and refused",
    thrown: thrownAt(
      `${ROOT}lib/signaling/adapter/json_rpc.ts:1:2`,
      `${ROOT}lib/signaling/websocket/websocket_channel.ts:1:2`,
    ),
    ours: false,
  },
  {
    why: "the adapter for mediasoup-demo",
    thrown: thrownAt(`${ROOT}lib/signaling/protoo/adapter.ts:1:2`),
    ours: false,
  },
  { why: "who throws a text", thrown: "no", ours: false },
  { why: "who throws nothing", thrown: undefined, ours: false },
])("of what nobody caught, by $why, ours is $ours", ({ thrown, ours }) => {
  assertEquals(isOurs(thrown, [ADAPTER]), ours);
});
