/** Of what kind a client's failure is: thresholds and summaries count by it. */

import { assertEquals } from "@std/assert";
import { isFinal, isGone, kindOf } from "../../../lib/client/failure.ts";
import { TransportError } from "../../../lib/rtc/mod.ts";
import { SignalingError } from "../../../lib/signaling/port.ts";

type TransportKind = TransportError["kind"];
type SignalingKind = SignalingError["kind"];

const TRANSPORT: Readonly<Record<TransportKind, string>> = {
  candidate: "ice",
  iceParameters: "ice",
  socket: "ice",
  iceTimeout: "ice",
  dtls: "dtls",
  dtlsTimeout: "dtls",
  consent: "transport",
  disconnected: "transport",
  peerClosed: "transport",
  closed: "transport",
  internal: "internal",
};

const SIGNALING: Readonly<Record<SignalingKind, string>> = {
  timeout: "timeout",
  rateLimited: "rateLimit",
  notAdmitted: "join",
  server: "server",
  unreadable: "server",
  closed: "channel",
  aborted: "channel",
};

Deno.test.each(Object.entries(TRANSPORT))(
  "a transport that ended by %s is an error of %s",
  (kind, is) => {
    assertEquals(kindOf(transportError(kind as TransportKind)), is);
  },
);

Deno.test.each(Object.entries(SIGNALING))(
  "signaling that ended by %s is an error of %s",
  (kind, is) => {
    assertEquals(kindOf(signalingError(kind as SignalingKind)), is);
  },
);

Deno.test("what nobody foresaw is ours", () => {
  for (const error of [new TypeError("x is not a function"), "text", null]) {
    assertEquals(kindOf(error), "internal");
  }
});

Deno.test("who is not let in does not come back, and whoever is refused otherwise may", () => {
  const final = Object.keys(SIGNALING)
    .filter((kind) => isFinal(signalingError(kind as SignalingKind)));
  assertEquals(final, ["notAdmitted"]);
});

Deno.test("an ICE restart helps no transport that has ended on our side", () => {
  const gone = Object.keys(TRANSPORT)
    .filter((kind) => isGone(transportError(kind as TransportKind)));
  assertEquals(gone, ["candidate", "disconnected", "closed"]);
});

function transportError(kind: TransportKind): TransportError {
  return new TransportError(kind, "it ended");
}

function signalingError(kind: SignalingKind): SignalingError {
  return new SignalingError(kind, "join_room", "no");
}
