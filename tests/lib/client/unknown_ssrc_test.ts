/** Packets whose SSRC the server did not tell us of, and what else comes beside the tracks. */

import { assertEquals } from "@std/assert";
import { InboundTracks } from "../../../lib/client/inbound_tracks.ts";
import { EXTENSION_URIS } from "../../../lib/media/mod.ts";
import type { ServerMessageOf } from "../../../lib/signaling/simplestchat/wire/mod.ts";
import { newInlet } from "./inlet.ts";
import { World } from "./world.ts";

const MID_ID = 4;
const TRANSPORT_ID = 5;
const REPAIR_TYPE = 97;

const OWN = { of: "own", packetsPerSecond: 50 } as const;

function created(
  producerId: string,
  ssrc: number,
  payloadType: number,
): ServerMessageOf<"consumerCreated"> {
  return {
    type: "consumerCreated",
    consumerId: `c${producerId}`,
    producerId,
    kind: "audio",
    rtpParameters: {
      mid: producerId,
      codecs: [{
        mimeType: "audio/opus",
        payloadType,
        clockRate: 48_000,
        parameters: {},
        rtcpFeedback: [],
      }],
      headerExtensions: [
        { uri: EXTENSION_URIS.mid, id: MID_ID, encrypt: false },
        {
          uri: EXTENSION_URIS.transportSequence,
          id: TRANSPORT_ID,
          encrypt: false,
        },
      ],
      encodings: [{ ssrc, rtx: { ssrc: ssrc + 1000 } }],
      rtcp: { cname: "c", reducedSize: true },
    },
  };
}

class Room {
  nowMs = 1000;
  readonly world = new World();
  readonly reception = new InboundTracks(this.world.environment);
  readonly inlet = newInlet();
  readonly #onRtp = this.reception.onRtpOf(this.inlet.arrivals);
  #sequence = 0;

  constructor(...tracks: readonly [id: string, ssrc: number, type: number][]) {
    for (const [id, ssrc, type] of tracks) {
      this.reception.add(created(id, ssrc, type), this.inlet, 0, OWN);
    }
  }

  /** Packets 20 ms apart. */
  send(count: number, options: {
    readonly ssrc: number;
    readonly type?: number;
    readonly mid?: string;
    readonly first?: number;
  }): void {
    const { ssrc, type = 100, mid = "", first = this.#sequence } = options;
    for (let i = 0; i < count; i++) {
      this.take(packet(ssrc, type, first + i, mid, [1, 2, 3]));
      this.nowMs += 20;
    }
    this.#sequence = first + count;
  }

  take(bytes: Uint8Array): void {
    const moment = { nowMs: this.nowMs, wallMs: this.nowMs };
    this.#onRtp(bytes, 0, bytes.length, moment);
  }

  /** Received, and lost, of each track. */
  get figures(): Record<string, [received: number, lost: number]> {
    return Object.fromEntries(
      [...this.reception.tracks].map(({ producerId, receiver }) => [
        producerId,
        [receiver.packetsReceived, receiver.packetsLost],
      ]),
    );
  }

  get ssrcs(): number[] {
    return [...this.reception.tracks].map(({ receiver }) => receiver.ssrc);
  }
}

function packet(
  ssrc: number,
  type: number,
  sequence: number,
  mid: string,
  payload: readonly number[],
): Uint8Array {
  const name = [...mid].map((letter) => letter.charCodeAt(0));
  const extension = name.length === 0
    ? []
    : [MID_ID << 4 | (name.length - 1), ...name];
  while (extension.length % 4 !== 0) extension.push(0);
  const head = extension.length === 0
    ? []
    : [0xbe, 0xde, 0, extension.length / 4, ...extension];
  const bytes = new Uint8Array(12 + head.length + payload.length);
  const view = new DataView(bytes.buffer);
  bytes[0] = head.length === 0 ? 0x80 : 0x90;
  bytes[1] = type;
  view.setUint16(2, sequence);
  view.setUint32(8, ssrc);
  bytes.set([...head, ...payload], 12);
  return bytes;
}

Deno.test("a track goes on under another SSRC at once when its packets carry its name", () => {
  const room = new Room(["a", 1, 100], ["b", 2, 100]);
  room.send(10, { ssrc: 1, mid: "a", first: 5 });
  room.send(10, { ssrc: 2, mid: "b", first: 5 });
  room.send(10, { ssrc: 7, mid: "a", first: 40_000 });
  room.send(10, { ssrc: 7, first: 40_011 });
  assertEquals(room.figures, { a: [30, 1], b: [10, 0] });
  assertEquals(room.ssrcs, [7, 2]);
  // Reports go out under the new one, and end with the track.
  assertEquals(
    room.reception.reportBlocks(room.inlet).map(({ ssrc }) => ssrc),
    [7, 2],
  );
  room.reception.remove("a");
  assertEquals(
    room.reception.reportBlocks(room.inlet).map(({ ssrc }) => ssrc),
    [2],
  );
});

Deno.test("without a name, it does when it alone has the payload type and has been silent", () => {
  const room = new Room(["a", 1, 100], ["b", 2, 101]);
  room.send(10, { ssrc: 1 });
  room.send(40, { ssrc: 9, first: 30_000 });
  const { a: [received, lost], b } = room.figures;
  // Some pass until it is sure.
  assertEquals([received > 10 && received < 50, lost], [true, 0]);
  assertEquals(b, [0, 0]);
  assertEquals(room.ssrcs, [9, 2]);
});

Deno.test.each<
  {
    why: string;
    tracks: [string, number, number][];
    stranger: { ssrc: number; type?: number; mid?: string };
  }
>([
  {
    why: "two tracks have its payload type",
    tracks: [["a", 1, 100], ["b", 2, 100]],
    stranger: { ssrc: 9 },
  },
  {
    why: "it has a payload type of its own",
    tracks: [["a", 1, 100]],
    stranger: { ssrc: 9, type: 127 },
  },
  {
    why: "it has another name",
    tracks: [["a", 1, 100]],
    stranger: { ssrc: 9, mid: "z" },
  },
  {
    why: "it probes for bandwidth",
    tracks: [["a", 1, 100]],
    stranger: { ssrc: 1234, type: 127, mid: "probator" },
  },
])("a stranger takes no track's place when $why", ({ tracks, stranger }) => {
  const room = new Room(...tracks);
  room.send(10, { ssrc: 1 });
  room.send(100, { ...stranger, first: 30_000 });
  assertEquals(room.figures.a, [10, 0]);
  assertEquals(room.ssrcs, tracks.map(([, ssrc]) => ssrc));
});

Deno.test("a new track whose packets come before its row takes nobody's place, and has its own then", () => {
  const room = new Room(["a", 1, 100]);
  for (let i = 0; i < 20; i++) {
    room.send(1, { ssrc: 1, first: i });
    room.send(1, { ssrc: 2, first: 500 + i });
  }
  assertEquals(room.figures, { a: [20, 0] });
  room.reception.add(created("b", 2, 100), room.inlet, 0, OWN);
  room.send(10, { ssrc: 2, first: 520 });
  assertEquals(room.figures, { a: [20, 0], b: [10, 0] });
});

Deno.test("an SSRC that a track had before is left alone while the new one is heard", () => {
  const room = new Room(["a", 1, 100]);
  room.send(10, { ssrc: 1, mid: "a" });
  for (let i = 0; i < 10; i++) {
    room.send(1, { ssrc: 7, mid: "a", first: 100 + i });
    room.send(1, { ssrc: 1, mid: "a", first: 10 + i });
  }
  assertEquals([room.figures.a, room.ssrcs], [[20, 0], [7]]);
  // It has it again once the new one has fallen silent.
  room.nowMs += 600;
  room.send(30, { ssrc: 1, mid: "a", first: 40 });
  assertEquals(room.ssrcs, [1]);
  assertEquals(room.figures.a[1], 0);
});

Deno.test("a repair stream that probes for bandwidth repairs nothing, and is counted as no repair", () => {
  const room = new Room(["a", 1, 100]);
  room.send(3, { ssrc: 1 });
  const probe = packet(1001, REPAIR_TYPE, 9, "", [0, 0, 0, 4]);
  probe[0] |= 0x20;
  room.take(probe);
  room.take(packet(1001, REPAIR_TYPE, 10, "", []));
  assertEquals(room.reception.retransmittedPacketsReceived, 0);
  room.take(packet(1001, REPAIR_TYPE, 11, "", [0, 1, 5]));
  assertEquals(room.reception.retransmittedPacketsReceived, 1);
  assertEquals(room.reception.totals().packetsRepaired, 0);
});

Deno.test("a transport-wide number that is cut short is none", () => {
  const room = new Room(["a", 1, 100]);
  const bytes = packet(1, 100, 0, "x", [1]);
  bytes.set([TRANSPORT_ID << 4, 0x77, 0, 0], 16);
  room.take(bytes);
  assertEquals(room.inlet.arrivals.hasNews, false);
  assertEquals(room.figures, { a: [1, 0] });
});

Deno.test.each<
  {
    why: string;
    reports: [middleNtp: number, agoMs: number][];
    told: [last: number, delay: number];
  }
>([
  { why: "no sender report came", reports: [], told: [0, 0] },
  {
    why: "the last one came minutes ago",
    reports: [[77, 600_000]],
    told: [77, 600 * 65_536],
  },
  { why: "its sender has no clock", reports: [[0, 500]], told: [0, 0] },
  {
    why: "its sender has lost its clock",
    reports: [[77, 900], [0, 500]],
    told: [0, 0],
  },
  {
    why: "the last one came a day ago",
    reports: [[77, 86_400_000]],
    told: [0, 0],
  },
])("when $why, a report block says so", ({ reports, told }) => {
  const room = new Room(["a", 1, 100]);
  room.send(1, { ssrc: 1 });
  const wallMs = room.world.environment.wallNowMs();
  for (const [middleNtp, agoMs] of reports) {
    room.reception.onSenderReport(1, middleNtp, wallMs - agoMs);
  }
  const [block] = room.reception.reportBlocks(room.inlet);
  assertEquals(
    [block.lastSenderReport, block.delaySinceLastSenderReport],
    told,
  );
});
