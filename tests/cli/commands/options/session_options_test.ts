import { assert, assertEquals } from "@std/assert";
import { parseOptions } from "../../../../cli/commands/options/parse.ts";
import {
  SESSION_TABLE,
  sessionContradictions,
  settingsOf,
} from "../../../../cli/commands/options/session_options.ts";
import { parseImpairment } from "../../../../mod.ts";
import {
  after,
  OPENED,
  runningModel,
  startingModel,
  typed,
} from "../../session/fixtures.ts";

function parse(...args: string[]) {
  return parseOptions(SESSION_TABLE, args);
}

Deno.test("without options, clients are those that the documentation describes", () => {
  const parsed = parse();
  assertEquals([parsed.mistakes, sessionContradictions(parsed)], [[], []]);
  const { network, media, ...settings } = settingsOf(parsed);
  assertEquals(settings, {
    room: "load-test-room",
    rooms: 1,
    role: "publisher",
  });
  assertEquals([network, media.clip, media.quality], [
    undefined,
    undefined,
    "480p",
  ]);
});

Deno.test("a bad network for a share is what impair would have said before anybody came", () => {
  const settings = settingsOf(parse("--impair", "3g:20%"));
  const begun = after(startingModel({ settings, firstClients: 500 }), [OPENED]);
  const said = after(
    runningModel({ settings: { ...settings, network: undefined } }),
    [
      ...typed("impair 3g:20%"),
      ...typed("spawn 500"),
    ],
  );
  const comings = [begun, said].map(({ effects }) => {
    const add = effects.find(({ type }) => type === "add");
    assert(add?.type === "add");
    return add.clients;
  });
  assertEquals(comings[0], comings[1]);
  const bad = comings[0].filter(({ impairment }) => impairment !== undefined);
  assert(bad.length > 75 && bad.length < 125, `${bad.length}`);
  assertEquals(bad[0].impairment, parseImpairment("3g"));
  const off = after(begun.model, [
    ...typed("impair off"),
    ...typed("spawn 50"),
  ]);
  const [add] = off.effects.filter(({ type }) => type === "add");
  assert(add.type === "add");
  assert(add.clients.every(({ impairment }) => impairment === undefined));
});

Deno.test("media over TCP needs a server that takes it, in the session as in run", () => {
  const wrong = (...args: string[]) => sessionContradictions(parse(...args));
  assertEquals(wrong("--transport", "tcp"), [
    "--transport tcp: the engine werift takes media over UDP alone, add --embedded=mediasoup.",
  ]);
  assertEquals(wrong("--transport=tcp", "--embedded=mediasoup"), []);
  assertEquals(wrong("--transport=tcp", "-s", "ws://sfu.example/ws"), []);
});
