/** Conversations with the embedded server: damaged messages of several people, in any order. */

import { clientExamples } from "../../lib/signaling/simplestchat/wire/fixtures.ts";
import { FakeWorld } from "../../lib/sfu/fake_world.ts";
import { damagedJson } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

const PEOPLE = 3;

/** Frames of several people until all have gone, over an engine without media. */
export const signaling: Door = {
  name: "signaling",
  kind: "stateful",
  open() {
    let inputs = 0;
    const examples = Object.values(clientExamples);
    return {
      inputs: () => inputs,
      property: fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.nat(PEOPLE - 1),
            fc.oneof(
              { weight: 1, arbitrary: damagedJson(examples) },
              {
                weight: 1,
                arbitrary: fc.constantFrom(
                  ...examples.map((message) => JSON.stringify(message)),
                ),
              },
            ),
          ),
          { maxLength: 40 },
        ),
        async (frames) => {
          const world = new FakeWorld();
          const people = await Promise.all(
            ["alice", "bob", "carol"].map((name) => world.join(name)),
          );
          for (const [who, text] of frames) {
            inputs++;
            await people[who].say(text);
            world.clock.advance(20);
          }
          for (const { connection } of people) connection.end();
          // Whoever has lost its socket is kept for half a minute.
          world.clock.advance(31_000);
          await people[0].say("");
          const left = [
            world.hub.participants,
            world.hub.rooms.size,
            world.hub.ghosts.size,
            world.hub.transports,
          ];
          if (left.some((count) => count !== 0)) {
            throw new Error(
              `left over: ${left.join(", ")} people, rooms, ghosts, transports`,
            );
          }
        },
      ),
    };
  },
};
