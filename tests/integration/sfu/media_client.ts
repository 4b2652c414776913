/** Real media for tests: one packet at a time, each awaited, so that nothing depends on time. */

import {
  EXTENSION_URIS,
  isVp8KeyFrameStart,
  readRtcp,
  RtpHeaderTemplate,
  RtpReader,
  writeVp8Descriptor,
  writeVp8InterHeader,
  writeVp8KeyHeader,
} from "../../../lib/media/mod.ts";
import type { RtpParameters } from "../../../lib/ortc/mod.ts";
import type { ServerMessageOf } from "../../../lib/signaling/simplestchat/wire/mod.ts";
import { RtcTransport, type TransportHandlers } from "../../../lib/rtc/mod.ts";
import type { Datapath } from "../../../lib/rtc/datapath.ts";
import type { TestClient } from "./test_client.ts";

export const VIDEO_SSRC = 0xdeadbeef;

/** What a publisher of VP8 says in `produce`. */
export const VIDEO_PARAMETERS: RtpParameters = {
  codecs: [{
    mimeType: "video/VP8",
    payloadType: 107,
    clockRate: 90000,
    parameters: {},
    rtcpFeedback: [{ type: "nack", parameter: "pli" }],
  }],
  headerExtensions: [
    { uri: EXTENSION_URIS.absCaptureTime, id: 13, encrypt: false },
  ],
  encodings: [{ ssrc: VIDEO_SSRC, maxBitrate: 1_000_000 }],
  rtcp: { cname: "test", reducedSize: true },
};

/** Opens and connects a transport of `client`. */
export async function connectTransport(
  client: TestClient,
  datapath: Datapath,
  direction: "Send" | "Recv",
  handlers: Partial<TransportHandlers>,
): Promise<RtcTransport> {
  const created = await client.ask(
    { type: `create${direction}Transport` },
    "transportCreated",
  );
  return await connectCreated(client, datapath, created, handlers);
}

/** Connects a transport that `client` has opened. */
export async function connectCreated(
  client: TestClient,
  datapath: Datapath,
  created: ServerMessageOf<"transportCreated">,
  handlers: Partial<TransportHandlers>,
): Promise<RtcTransport> {
  const transport = new RtcTransport(datapath, created, {
    onRtp: () => {},
    onRtcp: () => {},
    onLost: () => {},
    ...handlers,
  });
  await transport.connect(client.ask({
    type: "connectTransport",
    transportId: created.transportId,
    dtlsParameters: {
      role: "client",
      fingerprints: [{
        algorithm: "sha-256",
        value: transport.localFingerprint,
      }],
    },
  }, "transportConnected"));
  return transport;
}

/** Sends VP8 packets of one frame each. */
export class VideoSource {
  /** What has been sent. */
  packets = 0;
  bytes = 0;
  readonly #transport: RtcTransport;
  readonly #header = new RtpHeaderTemplate({
    payloadType: 107,
    ssrc: VIDEO_SSRC,
    extensions: [{
      uri: EXTENSION_URIS.absCaptureTime,
      id: 13,
      value: new Uint8Array(8),
    }],
  });

  constructor(transport: RtcTransport) {
    this.#transport = transport;
    this.#header.setCaptureTime(0x11223344, 0x55667788);
  }

  send(isKeyFrame: boolean): void {
    const { out } = this.#transport;
    const payload = this.#header.write(
      out,
      0,
      this.packets & 0xffff,
      this.packets * 3000,
      true,
    );
    const data = writeVp8Descriptor(out, payload, true, this.packets);
    if (isKeyFrame) writeVp8KeyHeader(out, data, 640, 480);
    else writeVp8InterHeader(out, data);
    const length = data + 100;
    const sealed = this.#transport.protectRtp(0, length);
    this.#transport.send(0, sealed, sealed);
    this.packets++;
    this.bytes += length;
  }
}

/** One packet as it came out of the SFU. */
export interface SeenPacket {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly sequence: number;
  readonly startsKeyFrame: boolean;
  /** Value of the MID extension, id 1. */
  readonly mid: string;
  /** Value of abs-capture-time, id 13. */
  readonly captureTime: readonly number[];
}

/** Hands received packets to whoever waits for the next one. */
export class VideoSink {
  readonly packets: SeenPacket[] = [];
  /** Whose packets count. */
  ssrc = 0;
  readonly #reader = new RtpReader();
  #taken = 0;
  #wake: () => void = () => {};

  /** For {@linkcode TransportHandlers}. */
  readonly onRtp = (bytes: Uint8Array, offset: number, length: number) => {
    const reader = this.#reader;
    if (!reader.read(bytes, offset, length)) return;
    // mediasoup also sends padding of its own to probe the bandwidth.
    if (reader.ssrc !== (this.ssrc | 0)) return;
    const extension = (id: number) => {
      const at = reader.extensionOffset[id];
      return at === 0
        ? []
        : [...bytes.slice(at, at + reader.extensionLength[id])];
    };
    this.packets.push({
      ssrc: reader.ssrc >>> 0,
      payloadType: reader.payloadType,
      sequence: reader.sequence,
      startsKeyFrame: isVp8KeyFrameStart(
        bytes,
        reader.payloadOffset,
        reader.payloadLength,
      ),
      mid: String.fromCharCode(...extension(1)),
      captureTime: extension(13),
    });
    this.#wake();
  };

  /** The next packet that nobody has taken; throws when none comes for 20 s. */
  async next(): Promise<SeenPacket> {
    while (this.#taken === this.packets.length) {
      const came = Promise.withResolvers<void>();
      this.#wake = came.resolve;
      const timer = setTimeout(
        () => came.reject(new Error("no packet in 20 s")),
        20_000,
      );
      await came.promise.finally(() => clearTimeout(timer));
    }
    return this.packets[this.#taken++];
  }
}

/** Resolves each time the SFU asks for a key frame. */
export class KeyFrameRequests {
  #count = 0;
  #taken = 0;
  #wake: () => void = () => {};

  /** For {@linkcode TransportHandlers}. */
  readonly onRtcp = (bytes: Uint8Array, offset: number, length: number) => {
    readRtcp(bytes, offset, length, {
      onKeyFrameRequest: () => {
        this.#count++;
        this.#wake();
      },
      onSenderReport: () => {},
    });
  };

  async next(): Promise<void> {
    while (this.#taken === this.#count) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    this.#taken = this.#count;
  }
}
