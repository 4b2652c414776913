/** Clients that do as a browser does, at servers that are older or offer less: they do without, and say nothing that was not offered. */

import { assert, assertEquals, assertGreater } from "@std/assert";
import { EXTENSION_URIS, RtpReader } from "../../../lib/media/mod.ts";
import type { RtpCapabilities } from "../../../lib/ortc/mod.ts";
import type { ServerMessage } from "../../../lib/signaling/simplestchat/wire/mod.ts";
import { FAKE_CAPABILITIES } from "../../../lib/testing/fake_capabilities.ts";
import { errorsOf, MEDIA, World } from "./world.ts";

/** What a server's messages had not yet, and the messages that it did not send. */
interface Version {
  readonly why: string;
  readonly fields: readonly string[];
  readonly types: readonly ServerMessage["type"][];
}

const NEW_FIELDS = ["yourRole", "roomSettings", "role", "authenticated"];
const SPEAKERS = ["activeSpeaker", "audioLevels"] as const;
const VERSIONS: readonly Version[] = [
  {
    why: "the first",
    fields: [...NEW_FIELDS, "source", "iceServers"],
    types: [...SPEAKERS, "producerPaused", "producerResumed"],
  },
  {
    why: "one that can pause",
    fields: [...NEW_FIELDS, "source", "iceServers"],
    types: SPEAKERS,
  },
  {
    why: "one that knows sources",
    fields: [...NEW_FIELDS, "iceServers"],
    types: SPEAKERS,
  },
  { why: "one that knows speakers", fields: NEW_FIELDS, types: [] },
  { why: "the newest", fields: [], types: [] },
];

/** Routers, by what they lack. */
const ROUTERS: readonly {
  readonly why: string;
  readonly router: RtpCapabilities;
}[] = [
  { why: "no repairs in a stream of their own", router: FAKE_CAPABILITIES },
  {
    why: "no extension",
    router: { ...FAKE_CAPABILITIES, headerExtensions: [] },
  },
  { why: "no feedback", router: withFeedback(() => undefined) },
  { why: "no more than key-frame requests", router: withFeedback(keyFrames) },
  {
    why: "neither, nor any extension",
    router: { ...withFeedback(() => []), headerExtensions: [] },
  },
];

function withFeedback(
  change: (
    feedback: RtpCapabilities["codecs"][number]["rtcpFeedback"],
  ) => RtpCapabilities["codecs"][number]["rtcpFeedback"],
): RtpCapabilities {
  return {
    ...FAKE_CAPABILITIES,
    codecs: FAKE_CAPABILITIES.codecs.map((codec) => ({
      ...codec,
      rtcpFeedback: change(codec.rtcpFeedback),
    })),
  };
}

function keyFrames(
  feedback: RtpCapabilities["codecs"][number]["rtcpFeedback"],
) {
  return feedback?.filter(({ parameter }) => parameter !== "");
}

/** Everything of a message but what an older server would not have said. */
function aged(value: unknown, fields: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((one) => aged(one, fields));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => !fields.includes(name))
      .map(([name, one]) => [name, aged(one, fields)]),
  );
}

/** Two people at such a server, who have sent and received for two seconds. */
async function twoAt(
  { fields, types }: Version,
  router: RtpCapabilities,
  simulcast: boolean,
) {
  const rtp = new RtpReader();
  const ids = new Set<number>();
  const world = new World({
    intercept: ({ type }) =>
      type === "getRouterRtpCapabilities"
        ? [{ type: "routerRtpCapabilities", rtpCapabilities: router }]
        : undefined,
    drops: (packet) => {
      assert(rtp.read(packet, 0, packet.length));
      for (const [id, offset] of rtp.extensionOffset.entries()) {
        if (offset !== 0) ids.add(id);
      }
      return false;
    },
  });
  const { server } = world;
  const open = server.openChannel.bind(server);
  server.openChannel = () => {
    const channel = open() as ReturnType<typeof open> & {
      deliverText(text: string): void;
    };
    const deliver = channel.deliverText.bind(channel);
    channel.deliverText = (text) => {
      const message = JSON.parse(text);
      if (types.includes(message.type)) return;
      deliver(JSON.stringify(aged(message, fields)));
    };
    return channel;
  };
  const publish = { ...MEDIA, simulcast };
  const people = [
    await world.joined("A", { publish }),
    await world.joined("B", { publish }),
  ];
  await world.clock.run(2000);
  return { world, people, ids };
}

for (const { why: lack, router } of ROUTERS) {
  Deno.test.each(VERSIONS)(
    `at $why of the servers, whose router has ${lack}, clients send and receive all the same`,
    async (version) => {
      for (const simulcast of [false, true]) {
        const { world, people, ids } = await twoAt(version, router, simulcast);
        for (const { client, events } of people) {
          const totals = client.totals();
          assertEquals([client.state, errorsOf(events)], ["connected", []]);
          assertGreater(totals.framesRendered, 25);
          assertGreater(totals.packetsReceived, 140);
          assertEquals(totals.packetsLost, 0);
          assertEquals(totals.uplinkPacketsReported, 0);
        }
        const offered = router.headerExtensions.map(({ preferredId }) =>
          preferredId
        );
        for (const id of ids) assert(offered.includes(id));
        for (const [, message] of world.said) {
          if (message.type !== "produce") continue;
          const { codecs, headerExtensions } = message.rtpParameters;
          assertEquals(codecs.length, 1);
          const feedback = router.codecs.find(({ mimeType }) =>
            mimeType === codecs[0].mimeType
          )!.rtcpFeedback ?? [];
          for (const { type, parameter } of codecs[0].rtcpFeedback ?? []) {
            assert(
              feedback.some((one) =>
                one.type === type && one.parameter === parameter
              ),
            );
          }
          for (const { id, uri } of headerExtensions) {
            assert(offered.includes(id));
            assert(uri !== EXTENSION_URIS.transportSequence);
          }
        }
      }
    },
  );
}
