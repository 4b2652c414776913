/** mediasoup's values and errors as SimplestChat's server tells them. */

import { assertEquals } from "@std/assert";
import {
  connectError,
  consumeError,
  produceError,
  toWireCandidate,
  toWireDtlsParameters,
  toWireIceParameters,
  toWireRtpParameters,
} from "../../../../lib/sfu/mediasoup/wire.ts";

type Given<Function extends (given: never) => unknown> = Parameters<
  Function
>[0];

const UDP: Given<typeof toWireCandidate> = {
  foundation: "udpcandidate",
  priority: 1_076_302_079,
  ip: "192.0.2.1",
  address: "192.0.2.1",
  protocol: "udp",
  port: 40_000,
  type: "host",
};

Deno.test("a candidate has no ip, and of UDP no TCP type either", () => {
  assertEquals(toWireCandidate(UDP), {
    foundation: "udpcandidate",
    priority: 1_076_302_079,
    address: "192.0.2.1",
    protocol: "udp",
    port: 40_000,
    type: "host",
  });
  assertEquals(Object.hasOwn(toWireCandidate(UDP), "tcpType"), false);
  const tcp = toWireCandidate({
    ...UDP,
    protocol: "tcp",
    tcpType: "passive",
  });
  assertEquals([tcp.protocol, tcp.tcpType], ["tcp", "passive"]);
});

Deno.test("the server says that it is ICE-lite, and auto where mediasoup names no role", () => {
  assertEquals(
    toWireIceParameters({ usernameFragment: "u", password: "p" }),
    { usernameFragment: "u", password: "p", iceLite: true },
  );
  assertEquals(toWireDtlsParameters({ fingerprints: [] }).role, "auto");
  assertEquals(
    toWireDtlsParameters({ role: "client", fingerprints: [] }).role,
    "client",
  );
});

Deno.test.each<{
  why: string;
  given: Given<typeof toWireRtpParameters>;
  is: Partial<ReturnType<typeof toWireRtpParameters>>;
}>([
  {
    why: "all that is optional is missing",
    given: { codecs: [] },
    is: {
      codecs: [],
      headerExtensions: [],
      encodings: [],
      rtcp: { reducedSize: true },
    },
  },
  {
    why: "extensions lose what Node alone adds",
    given: {
      mid: "0",
      codecs: [],
      headerExtensions: [{
        uri: "urn:ietf:params:rtp-hdrext:sdes:mid",
        id: 1,
        parameters: {},
      }, {
        uri: "urn:3gpp:video-orientation",
        id: 11,
        encrypt: true,
      }],
      encodings: [{ ssrc: 5, rtx: { ssrc: 6 } }],
      rtcp: { cname: "c", reducedSize: false },
    },
    is: {
      mid: "0",
      codecs: [],
      headerExtensions: [
        {
          uri: "urn:ietf:params:rtp-hdrext:sdes:mid",
          id: 1,
          encrypt: false,
        },
        { uri: "urn:3gpp:video-orientation", id: 11, encrypt: true },
      ],
      encodings: [{ ssrc: 5, rtx: { ssrc: 6 } }],
      rtcp: { cname: "c", reducedSize: false },
    },
  },
])("what a consumer is sent as: $why", ({ given, is }) => {
  assertEquals<unknown>(toWireRtpParameters(given), is);
});

const WORKER = "connect() already called [method:webRtcTransport.connect]";

Deno.test.each<{
  why: string;
  make: (error: unknown) => Error;
  error: unknown;
  says: string;
}>([
  {
    why: "a worker refuses to connect",
    make: connectError,
    error: new Error(WORKER),
    says: `Received response error: ${WORKER}`,
  },
  {
    why: "the library refuses to connect",
    make: connectError,
    error: new TypeError("wrong fingerprint"),
    says: "wrong fingerprint",
  },
  {
    why: "a worker refuses to produce",
    make: produceError,
    error: new Error("ssrc already exists [method:transport.produce]"),
    says:
      "Request to worker failed: Received response error: ssrc already exists [method:transport.produce]",
  },
  {
    why: "the router has no such codec, which Rust writes with a capital",
    make: produceError,
    error: new Error("unsupported codec [mimeType:video/AV1, payloadType:45]"),
    says:
      "RTP mapping error: Unsupported codec [mimeType:video/AV1, payloadType:45]",
  },
  {
    why: "only the beginning is written with a capital",
    make: produceError,
    error: new Error("this is unsupported"),
    says: "RTP mapping error: this is unsupported",
  },
  {
    why: "a worker refuses to consume",
    make: consumeError,
    error: new Error("Producer not found [method:transport.consume]"),
    says:
      "Request to worker failed: Received response error: Producer not found [method:transport.consume]",
  },
  {
    why: "nothing that the consumer can decode is sent",
    make: consumeError,
    error: new Error("no compatible media codecs"),
    says: "Bad consumer RTP parameters: No compatible media codecs",
  },
  {
    why: "the library refuses to consume for another reason",
    make: consumeError,
    error: new Error('Producer with id "x" not found'),
    says: 'Producer with id "x" not found',
  },
  {
    why: "the name of a method in the middle is the library's own",
    make: consumeError,
    error: new Error("[method:a] is wrong"),
    says: "[method:a] is wrong",
  },
])("an error has the words of the Rust crate: $why", (row) => {
  assertEquals(row.make(row.error).message, row.says);
});
