/** Where the two servers of mediasoup-demo differ. */

import { assertEquals } from "@std/assert";
import type { EngineTransport } from "../../../../lib/sfu/engine.ts";
import { described, SPELLINGS } from "../../../../lib/sfu/protoo/dialect.ts";

Deno.test("the server in JavaScript answers with a value itself and calls everything id, that in TypeScript names both", () => {
  const { javascript, typescript } = SPELLINGS;
  const codecs = { codecs: [] };
  assertEquals(javascript.value("routerRtpCapabilities", codecs), codecs);
  assertEquals(typescript.value("routerRtpCapabilities", codecs), {
    routerRtpCapabilities: codecs,
  });
  assertEquals(javascript.id("producerId", "p"), { id: "p" });
  assertEquals(typescript.id("producerId", "p"), { producerId: "p" });
  const peer = { id: "anna" };
  assertEquals(javascript.newPeer(peer), peer);
  assertEquals(typescript.newPeer(peer), { peer });
  assertEquals(
    [javascript.greeting, typescript.greeting],
    ["mediasoup-version", "mediasoupVersion"],
  );
});

Deno.test("no layer is two nulls to the one, and nothing to the other", () => {
  const layers = { spatialLayer: 2, temporalLayer: 0 };
  const { javascript, typescript } = SPELLINGS;
  assertEquals(javascript.layers(layers), layers);
  assertEquals(javascript.layers(undefined), {
    spatialLayer: null,
    temporalLayer: null,
  });
  assertEquals(typescript.layers(layers), { layers });
  assertEquals(typescript.layers(undefined), { layers: undefined });
});

Deno.test.each([
  { forceTcp: false, ports: [1, 2] },
  { forceTcp: true, ports: [2] },
])(
  "a transport is described with both names of an address, forced to TCP: $forceTcp",
  (row) => {
    const candidate = { address: "192.0.2.1", port: 1, protocol: "udp" };
    const transport = {
      iceParameters: { usernameFragment: "u", password: "p" },
      iceCandidates: [candidate, { ...candidate, port: 2, protocol: "tcp" }],
      dtlsParameters: { role: "auto", fingerprints: [] },
      id: "t",
    } as unknown as EngineTransport;
    const { iceCandidates, ...rest } = described(transport, row.forceTcp) as {
      readonly iceCandidates: readonly {
        readonly port: number;
        readonly ip: string;
        readonly address: string;
      }[];
    };
    const ports = iceCandidates.map(({ port }) => port);
    assertEquals<readonly number[]>(ports, row.ports);
    for (const { ip, address } of iceCandidates) assertEquals(ip, address);
    // Its id goes beside it, under a name of its own.
    assertEquals(Object.keys(rest), ["iceParameters", "dtlsParameters"]);
  },
);
