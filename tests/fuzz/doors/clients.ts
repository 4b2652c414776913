/**
 * Whole clients from joining to leaving, in virtual time: what the server
 * says is damaged, said twice or not at all, packets are damaged, channels and
 * transports are lost under way.
 */

import type { ClientEvent } from "../../../lib/client/mod.ts";
import type { Channel } from "../../../lib/signaling/websocket/mod.ts";
import { NOTHING, World } from "../../lib/client/world.ts";
import { damage, damagedBytes } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";
import { RTCP, RTP } from "./packets.ts";

/** What happens to one message of the server. */
type Trouble =
  | { readonly kind: "damaged"; readonly how: (value: unknown) => unknown }
  | { readonly kind: "twice" | "lost" | "cut" | "garbage" };

const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("damaged"), how: damage }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("twice", "lost", "cut", "garbage"),
    }),
  },
) as fc.Arbitrary<Trouble>;

/** One thing that happens while media flows. */
const happening = fc.oneof(
  fc.record({ kind: fc.constant("rtp"), bytes: damagedBytes(RTP) }),
  fc.record({ kind: fc.constant("rtcp"), bytes: damagedBytes(RTCP) }),
  fc.record({
    kind: fc.constantFrom("cut", "lose", "drop channels", "mute", "wait"),
    bytes: fc.constant(new Uint8Array()),
  }),
);

/** Messages of a life in which trouble may come. */
const MESSAGES = 60;
/** Whoever gives up for good does so within this, in virtual time. */
const LIFE_MS = 4000;
/** The server keeps who is lost for half a minute. */
const GHOSTS_MS = 31_000;

/** Two clients in a room. */
export const clients: Door = {
  name: "clients",
  kind: "stateful",
  open() {
    let inputs = 0;
    return {
      inputs: () => inputs,
      property: fc.asyncProperty(
        fc.tuple(
          fc.array(fc.tuple(fc.nat(MESSAGES), trouble), { maxLength: 6 }),
          fc.array(happening, { maxLength: 12 }),
        ),
        async ([troubles, happenings]) => {
          const byMessage = new Map(troubles);
          const world = new World();
          const openChannel = world.server.openChannel.bind(world.server);
          let said = 0;
          world.server.openChannel = () => {
            const channel = openChannel();
            const { onText } = channel;
            channel.onText = (handler) =>
              onText.call(channel, (text: string) => {
                inputs++;
                befall(channel, handler, text, byMessage.get(said++));
              });
            return channel;
          };
          const people = [world.client("A"), world.client("B")];
          for (const { client } of people) {
            client.join();
            await world.clock.run(1000);
          }
          for (const { kind, bytes } of happenings) {
            inputs++;
            happen(world, people[0].client, kind, bytes);
            await world.clock.run(200);
          }
          await world.clock.run(LIFE_MS);
          const left = Promise.all(people.map(({ client }) => client.leave()));
          await world.clock.run(GHOSTS_MS);
          await left;
          for (const { events } of people) judge(events);
          const leftovers = await world.leftovers();
          if (JSON.stringify(leftovers) !== JSON.stringify(NOTHING)) {
            throw new Error(`left over: ${JSON.stringify(leftovers)}`);
          }
        },
      ),
    };
  },
};

function befall(
  channel: Channel,
  handler: (text: string) => void,
  text: string,
  trouble: Trouble | undefined,
): void {
  switch (trouble?.kind) {
    case undefined:
      return handler(text);
    case "damaged":
      return handler(JSON.stringify(trouble.how(JSON.parse(text))) ?? "");
    case "twice":
      handler(text);
      return handler(text);
    case "lost":
      return;
    case "cut":
      return channel.close();
    case "garbage":
      return handler(text.slice(0, text.length / 2));
  }
}

function happen(
  world: World,
  client: ReturnType<World["client"]>["client"],
  kind: string,
  bytes: Uint8Array,
): void {
  const arrival = {
    nowMs: world.clock.nowMs(),
    wallMs: world.server.wallNowMs(),
  };
  for (const { transports } of world.server.participants) {
    for (const transport of [transports.send, transports.recv]) {
      if (kind === "rtp") transport?.deliverRtp(bytes.slice(), arrival);
      if (kind === "rtcp") transport?.deliverRtcp(bytes.slice(), arrival);
      if (kind === "lose") transport?.lose();
    }
  }
  if (kind === "cut") client.cutChannel();
  if (kind === "mute") client.setPaused("audio", true);
  if (kind === "drop channels") world.server.dropChannels();
}

/** Whatever happens is an error of a known kind, and who has failed stays so. */
function judge(events: readonly ClientEvent[]): void {
  let hasFailed = false;
  for (const event of events) {
    // A client repeats what a router says of itself, and the fake server refuses its own nonsense.
    const isOurs = event.type === "error" && event.kind === "internal" &&
      !event.message.endsWith("malformed to the server");
    if (isOurs) {
      throw new Error(`an error of our own: ${event.message}`);
    }
    if (event.type !== "state") continue;
    if (hasFailed && event.state !== "left") {
      throw new Error(`${event.state} after it had failed`);
    }
    hasFailed ||= event.state === "failed";
  }
}
