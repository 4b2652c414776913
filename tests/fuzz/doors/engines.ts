/** Conversations with the embedded server over its real engines, and datagrams to their transports. */

import { createSocket } from "../../../lib/rtc/deps.ts";
import { bindingRequest } from "../../../lib/rtc/ice/stun.ts";
import type { Engine, EngineOptions } from "../../../lib/sfu/engine.ts";
import { startMediasoupEngine } from "../../../lib/sfu/mediasoup/engine.ts";
import { startWeriftEngine } from "../../../lib/sfu/werift/engine.ts";
import { clientExamples } from "../../lib/signaling/simplestchat/wire/fixtures.ts";
import { FakeWorld } from "../../lib/sfu/fake_world.ts";
import { damagedBytes, damagedJson } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door, OpenDoor } from "../door.ts";
import { DTLS } from "./dtls.ts";
import { RTCP, RTP, stunSamples } from "./packets.ts";

const examples = Object.values(clientExamples);
const PEOPLE = 2;
/** What is left after so long stays: a socket closes once the system has let go of it. */
const PATIENCE_MS = 10_000;

const deed = fc.oneof(
  fc.record({
    who: fc.nat(PEOPLE - 1),
    text: fc.oneof(
      damagedJson(examples),
      fc.constantFrom(...examples.map((one) => JSON.stringify(one))),
    ),
  }),
  fc.record({
    who: fc.nat(PEOPLE - 1),
    bytes: damagedBytes([...RTP, ...RTCP, ...DTLS, ...stunSamples()]),
  }),
);

/** The werift engine. */
export const engines = door("engines", startWeriftEngine);
/** The mediasoup engine: a real worker, which must not die of it either. */
export const mediasoupEngine = door(
  "mediasoup",
  (options) => startMediasoupEngine({ ...options, workers: 1 }),
);

/** After each life nothing may be left in an engine. */
function door(
  name: string,
  start: (options: EngineOptions) => Promise<Engine>,
): Door {
  return { name, kind: "stateful", open: () => open(start) };
}

async function open(
  start: (options: EngineOptions) => Promise<Engine>,
): Promise<OpenDoor> {
  let inputs = 0;
  let failure: string | undefined;
  const engine = await start({
    announceIp: "127.0.0.1",
    onFailure: (reason) => failure = reason,
  });
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const files = () => [...Deno.readDirSync("/proc/self/fd")].length;
  const before = files();
  return {
    inputs: () => inputs,
    property: fc.asyncProperty(
      fc.array(deed, { minLength: 50, maxLength: 200 }),
      async (deeds) => {
        const world = new FakeWorld({ engine });
        const people = await Promise.all(
          ["alice", "bob"].map((name) => world.join(name)),
        );
        for (const one of people) {
          await one.say(JSON.stringify(clientExamples.createSendTransport));
          while (!one.heard.some(({ type }) => type === "transportCreated")) {
            await turn();
          }
        }
        for (const one of deeds) {
          inputs++;
          const { heard } = people[one.who];
          if ("text" in one) {
            await people[one.who].say(one.text);
            world.clock.advance(20);
            continue;
          }
          const created = heard.findLast(({ type }) =>
            type === "transportCreated"
          );
          if (created?.type !== "transportCreated") continue;
          const { iceParameters, iceCandidates: [{ port }] } = created;
          const check = bindingRequest({
            transactionId: new Uint8Array(12),
            username: `${iceParameters.usernameFragment}:c`,
            password: iceParameters.password,
            tieBreaker: 1n,
            nomination: 1,
          });
          socket.send(check, port, "127.0.0.1");
          socket.send(one.bytes, port, "127.0.0.1");
        }
        await turn();
        for (const { connection } of people) connection.end();
        world.clock.advance(31_000);
        await people[0].say("");
        const { hub } = world;
        const untilMs = performance.now() + PATIENCE_MS;
        while (
          performance.now() < untilMs &&
          (hub.rooms.size > 0 || hub.transports > 0 || files() > before)
        ) {
          await turn();
          world.clock.advance(31_000);
        }
        const left = [
          hub.participants,
          hub.rooms.size,
          hub.ghosts.size,
          hub.transports,
          files() - before,
        ];
        if (left.some((count) => count > 0)) {
          throw new Error(
            `left over: ${
              left.join(", ")
            } people, rooms, ghosts, transports, files`,
          );
        }
        if (failure !== undefined) throw new Error(failure);
      },
    ),
    async [Symbol.asyncDispose]() {
      socket.close();
      await engine[Symbol.asyncDispose]();
    },
  };
}

/** Lets sockets and timers have their turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
