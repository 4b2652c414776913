import { assertEquals, assertRejects } from "@std/assert";
import { type Crowd, defineScenario } from "../../../lib/scenario/mod.ts";
import { type Option, yesOrNo } from "../../../lib/options/mod.ts";
import { fakeCrowd } from "../../../lib/testing/mod.ts";

/** A crowd as it is to who writes without types. */
type Untyped = Readonly<
  Record<string, (...given: readonly unknown[]) => Promise<unknown>>
>;

/** Plays a script in virtual time; resolves with what it came to. */
async function play(
  script: (crowd: Untyped) => Promise<unknown>,
  own: Readonly<Record<string, Option<boolean, boolean>>> = {},
): Promise<unknown> {
  const done = Promise.withResolvers<unknown>();
  const scenario = defineScenario({
    name: "script",
    description: "",
    options: own,
    run: async (crowd: Crowd) => {
      await script(crowd as unknown as Untyped).then(
        done.resolve,
        done.reject,
      );
    },
  });
  await fakeCrowd().perform(scenario.prepare({}));
  return await done.promise;
}

Deno.test.each<{ call: string; given: unknown[]; says: string }>([
  {
    call: "join",
    given: [{ vidoe: false }],
    says: "Cannot join: there is no option vidoe, did you mean video?",
  },
  {
    call: "join",
    given: [{ publish: "no" }],
    says: 'Cannot join: publish "no" is not on or off.',
  },
  {
    call: "join",
    given: [{ room: 5 }],
    says: 'Cannot join: room "5" is not a text.',
  },
  {
    call: "join",
    given: [{ name: 7 }],
    says: 'Cannot join: name "7" is not a text.',
  },
  {
    call: "join",
    given: ["anna"],
    says: 'Cannot join: "anna" is not options such as { room: "a" }.',
  },
  {
    call: "joinAll",
    given: [3],
    says: "Cannot join: give a list, with options of each.",
  },
  {
    call: "joinAll",
    given: [[null]],
    says: 'Cannot join: null is not options such as { room: "a" }.',
  },
  {
    call: "fill",
    given: [],
    says: 'Cannot fill a room: undefined is not options such as { room: "a" }.',
  },
  {
    call: "fill",
    given: [{}],
    says: "Cannot fill a room: clients is missing.",
  },
  {
    call: "fill",
    given: [{ users: 3 }],
    says: "Cannot fill a room: there is no option users, did you mean clients?",
  },
  {
    call: "fill",
    given: [{ clients: 1, rooms: "none" }],
    says:
      'Cannot fill a room: rooms "none" is not a whole number from 1 to 100000.',
  },
  {
    call: "meet",
    given: [{ clients: 1 }],
    says: "Cannot meet: duration is missing.",
  },
  {
    call: "play",
    given: [{ stages: "30s:5" }],
    says:
      "Cannot play: stages is not a list such as [{ durationMs: 5000, target: 10 }].",
  },
  {
    call: "play",
    given: [{ stages: [{ duration: "1s", target: 1 }] }],
    says:
      "Cannot play a stage: there is no option duration, did you mean durationMs?",
  },
  {
    call: "play",
    given: [{ stages: [{ durationMs: "1s" }] }],
    says: "Cannot play a stage: target is missing.",
  },
  {
    call: "mute",
    given: ["all"],
    says: "Cannot mute: give a list of clients, such as crowd.connected.",
  },
  {
    call: "leave",
    given: [[{ index: 0 }]],
    says: "Cannot leave: give a list of clients, such as crowd.connected.",
  },
  {
    call: "preferLayer",
    given: [[], "1"],
    says: 'Cannot ask for layer "1": there are 0 to 2',
  },
  {
    call: "until",
    given: [true, "1s"],
    says: "Cannot wait until it is so: give a function.",
  },
])(
  "crowd.$call($given) says what is wrong with it",
  async ({ call, given, says }) => {
    await assertRejects(
      () => play((crowd) => crowd[call](...given)),
      Error,
      says,
    );
  },
);

Deno.test("numbers and networks may be texts, as on a command line", async () => {
  const came = await play((crowd) =>
    crowd.fill({
      clients: "4",
      rooms: "2",
      impair: "3g:1-per-room",
      video: "off",
    })
  ) as { readonly room: string; readonly impairment: unknown }[];
  assertEquals(came.map(({ room }) => room), [
    "load-test-room-0",
    "load-test-room-1",
    "load-test-room-0",
    "load-test-room-1",
  ]);
  assertEquals(came.filter(({ impairment }) => impairment !== null).length, 2);
});

Deno.test("a scenario may pass all its own options on", async () => {
  const option = {
    ...yesOrNo,
    help: "",
    arity: "once",
    default: true,
  } as const;
  await play(
    (crowd) => crowd.join({ loud: true, video: false }),
    { loud: option },
  );
});

Deno.test("what is thrown while a script waits for something to be so is the script's", async () => {
  await assertRejects(
    () =>
      play(async (crowd) => {
        await crowd.join();
        await crowd.until(() => {
          throw new Error("tripped");
        }, "5s");
      }),
    Error,
    "tripped",
  );
});
