/** The werift engine's forwarder: packets of a client to those who consume it, and reports back. */

import { RtpReader } from "../../../lib/media/mod.ts";
import type { RtpParameters } from "../../../lib/ortc/mod.ts";
import { ROUTER_CAPABILITIES } from "../../../lib/sfu/werift/capabilities.ts";
import {
  ForwardedConsumer,
  ForwardedProducer,
} from "../../../lib/sfu/werift/forwarding.ts";
import { planProducer } from "../../../lib/sfu/werift/parameters.ts";
import { readLost } from "../../../lib/sfu/werift/report_blocks.ts";
import { damagedBytes } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";
import { RTCP, RTP } from "./packets.ts";

const SSRC = 5;
const MARGIN = 16;

/** Packets one after the other; what comes out can be read, and is the consumer's own. */
export const forwarding: Door = {
  name: "forwarding",
  kind: "pure",
  open: () => ({
    property: fc.property(
      fc.array(fc.tuple(damagedBytes(RTP), fc.nat(2000)), { maxLength: 8 }),
      (packets) => {
        const stages = [
          stage("video", "video/VP8", 96, 90_000),
          stage("audio", "audio/opus", 111, 48_000),
        ];
        let nowMs = 0;
        for (const [packet, ms] of packets) {
          nowMs += ms;
          for (const producer of stages) {
            const bytes = new Uint8Array(packet.length + 2 * MARGIN);
            bytes.set(packet, MARGIN);
            producer.receive(bytes, MARGIN, packet.length, nowMs);
            const { lost, packets, bytes: size } = producer.counts();
            if (lost < 0 || packets < 0 || size < 0) {
              throw new Error(`${lost} lost of ${packets}`);
            }
          }
        }
      },
    ),
  }),
};

/** Every extension that a router knows, by the ids of the samples. */
const headerExtensions = ROUTER_CAPABILITIES.headerExtensions
  .map(({ uri, preferredId }) => ({ uri, id: preferredId, encrypt: false }));

function stage(
  kind: "audio" | "video",
  mimeType: string,
  payloadType: number,
  clockRate: number,
): ForwardedProducer {
  const parameters: RtpParameters = {
    codecs: [{
      mimeType,
      payloadType,
      clockRate,
      rtcpFeedback: [{ type: "nack", parameter: "pli" }],
    }],
    headerExtensions,
    encodings: [{ ssrc: 3 }],
    rtcp: { reducedSize: true },
  };
  const producer = new ForwardedProducer(
    planProducer(kind, parameters),
    () => {},
  );
  const reader = new RtpReader();
  const sink = {
    connected: true,
    sendRtp(bytes: Uint8Array, offset: number, length: number) {
      if (!reader.read(bytes, offset, length)) {
        throw new Error("what was forwarded cannot be read");
      }
      if (reader.ssrc !== SSRC || reader.payloadType !== payloadType) {
        throw new Error(`${reader.ssrc} with type ${reader.payloadType}`);
      }
      return true;
    },
  };
  const consumer = new ForwardedConsumer(
    producer,
    { ssrc: SSRC, payloadType, mid: Uint8Array.of(0x30) },
    sink,
    { paused: false, firstSequence: 100 },
  );
  producer.consumers.add(consumer);
  return producer;
}

/** Compound RTCP of receivers, as far as the engine reads it. */
export const reportBlocks: Door = {
  name: "report_blocks",
  kind: "pure",
  open: () => ({
    property: fc.property(damagedBytes(RTCP), (packet) => {
      let told = 0;
      readLost(packet, 0, packet.length, (ssrc, lost) => {
        told++;
        if (!(lost >= 0 && lost < 1 << 23) || ssrc !== (ssrc | 0)) {
          throw new Error(`${lost} packets lost of ${ssrc}`);
        }
      });
      if (told > packet.length / 24) {
        throw new Error(`${told} blocks in ${packet.length} bytes`);
      }
    }),
  }),
};
