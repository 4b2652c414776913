/**
 * The baseline: packets through werift's own transports, one association,
 * with nothing around it but a timer.
 *
 * @module
 */

import { firstLine, startChild } from "../child.ts";
import { Buffer, RtpHeader } from "../deps.ts";
import type { FarEnd, PacketPath } from "./packet_path.ts";
import { type EndParameters, openWeriftEnd } from "./werift_end.ts";

const PAYLOAD_BYTES = 1100;
const TICK_MS = 2;
/** 24 tracks of 480p. */
const PACKETS_PER_MS = 3;

/** Opens the path. */
export async function openWeriftPath(farEnd: FarEnd): Promise<PacketPath> {
  const child = startChild(import.meta.resolve("./echo_werift.ts"), {
    args: [farEnd],
    stdin: "piped",
  });
  const ended = child.status;
  const remote = JSON.parse(await firstLine(child.stdout)) as EndParameters;
  const end = await openWeriftEnd(true);
  const { dtls } = end;
  const input = child.stdin.getWriter();
  await input.write(
    new TextEncoder().encode(JSON.stringify(end.parameters) + "\n"),
  );
  await end.connect(remote);
  let sent = 0;
  let received = 0;
  dtls.onRtp.subscribe(() => received++);
  const payload = Buffer.alloc(PAYLOAD_BYTES);
  const header = new RtpHeader({ payloadType: 96, ssrc: 1000, version: 2 });
  const startMs = performance.now();
  const timer = setInterval(() => {
    const due = (performance.now() - startMs) * PACKETS_PER_MS;
    for (; sent < due; sent++) {
      header.sequenceNumber = sent & 0xffff;
      header.timestamp = (sent >> 2) * 3000 >>> 0;
      dtls.sendRtp(payload, header);
    }
  }, TICK_MS);
  return {
    sent: () => sent,
    received: () => received,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await dtls.stop();
      await dtls.iceTransport.stop();
      await input.close();
      await ended;
    },
  };
}
