import { assert, assertEquals } from "@std/assert";
import { parseOptions } from "../../../../cli/commands/options/parse.ts";
import {
  choice,
  listOf,
  many,
  maybe,
  optional,
  text,
  toggle,
  whole,
  withDefault,
  yesOrNo,
} from "../../../../tool.ts";

const TABLE = {
  clients: withDefault(whole(1), { short: "c", help: "", default: 5 }),
  maxAudio: withDefault(whole(0), { help: "", default: 4 }),
  room: optional(text("ID"), { help: "" }),
  embedded: maybe(choice(["werift", "mediasoup"]), {
    help: "",
    bare: "werift",
  }),
  lines: maybe(text("FILE"), { help: "", bare: "-", follows: /^-$|\.txt$/ }),
  threshold: many(listOf(text("EXPR"), ""), { help: "" }),
  quiet: toggle(yesOrNo, { help: "", short: "v", default: false }),
};

const DEFAULTS = {
  clients: 5,
  maxAudio: 4,
  room: undefined,
  embedded: undefined,
  lines: undefined,
  threshold: [],
  quiet: false,
};

const UNDERSTOOD: readonly [string, Record<string, unknown>][] = [
  ["", {}],
  ["--clients 7", { clients: 7 }],
  ["--clients=7", { clients: 7 }],
  ["-c 7", { clients: 7 }],
  ["-c7", { clients: 7 }],
  ["-c=7", { clients: 7 }],
  ["-vc 7", { quiet: true, clients: 7 }],
  ["--max-audio 0", { maxAudio: 0 }],
  ["--room 007", { room: "007" }],
  ["--room=-x", { room: "-x" }],
  ["--room=a=b", { room: "a=b" }],
  ["--embedded", { embedded: "werift" }],
  ["--embedded --quiet", { embedded: "werift", quiet: true }],
  ["--embedded=mediasoup", { embedded: "mediasoup" }],
  ["--lines", { lines: "-" }],
  ["--lines - --quiet", { lines: "-", quiet: true }],
  ["--lines a.txt -c 7", { lines: "a.txt", clients: 7 }],
  ["--lines=a.html", { lines: "a.html" }],
  ["--threshold a --threshold b", { threshold: ["a", "b"] }],
  ["--quiet --quiet", { quiet: true }],
];

for (const [line, changed] of UNDERSTOOD) {
  Deno.test(`"${line}" is understood`, () => {
    const { values, given, mistakes, help } = parse(line);
    assertEquals(mistakes, []);
    assertEquals(values, { ...DEFAULTS, ...changed });
    assertEquals([...given.keys()].sort(), Object.keys(changed).sort());
    assertEquals(help, false);
  });
}

const MISTAKEN: readonly [string, string][] = [
  [
    "--cleints 5",
    "--cleints: there is no such option, did you mean --clients?",
  ],
  [
    "--cleints=5",
    "--cleints: there is no such option, did you mean --clients?",
  ],
  [
    "--max-vidio 5",
    "--max-vidio: there is no such option, did you mean --max-audio?",
  ],
  ["--xyzzyx", "--xyzzyx: there is no such option; --help lists them."],
  [
    "--maxAudio 3",
    "--maxAudio: there is no such option, did you mean --max-audio?",
  ],
  ["-x", "-x: there is no such option; --help lists them."],
  ["--users 3", "--users: there is no such option, did you mean --clients?"],
  ["--vus=3", "--vus: there is no such option, did you mean --clients?"],
  ["-u 3", "-u: there is no such option, did you mean --clients?"],
  ["-H a:b", "-H: there is no such option; --help lists them."],
  [
    "--clients.a 3",
    "--clients.a: there is no such option, did you mean --clients?",
  ],
  ["--__proto__ 3", "--__proto__: there is no such option; --help lists them."],
  ["--no-quiet", "--no-quiet: there is no such option, did you mean --quiet?"],
  [
    "--clients",
    "--clients: its value is missing; it takes a whole number of at least 1.",
  ],
  [
    "--clients=",
    "--clients: its value is missing; it takes a whole number of at least 1.",
  ],
  [
    "--clients --quiet",
    "--clients: its value is missing; it takes a whole number of at least 1.",
  ],
  ["-c -5", '--clients: "-5" is not a whole number of at least 1.'],
  ["--clients -.5", '--clients: "-.5" is not a whole number of at least 1.'],
  ["-c abc", '--clients: "abc" is not a whole number of at least 1.'],
  ["-c 1 --clients 2", "--clients: it was given 2 times."],
  ["--quiet=no", "--quiet: it takes no value."],
  ["--embedded=werft", '--embedded: "werft" is not werift or mediasoup.'],
  [
    "--embedded=",
    "--embedded: its value is missing; it takes werift or mediasoup.",
  ],
  [
    "--embedded mediasoup",
    '"mediasoup": write --embedded=mediasoup if it belongs to --embedded.',
  ],
  ["five", '"five": there is no use for it; options begin with --.'],
  ["--quiet 5", '"5": there is no use for it; options begin with --.'],
  ["-- five", '"five": there is no use for it; options begin with --.'],
];

for (const [line, mistake] of MISTAKEN) {
  Deno.test(`"${line}" is a mistake that names what was given`, () => {
    assertEquals(parse(line).mistakes, [mistake]);
  });
}

Deno.test("all mistakes are told at once", () => {
  const { mistakes } = parse("-c 0 --nope --max-audio x surplus --room");
  assertEquals(mistakes.length, 5);
});

for (const line of ["--help", "-h", "-c abc --help"]) {
  Deno.test(`"${line}" asks for help`, () => {
    assert(parse(line).help);
  });
}

function parse(line: string) {
  return parseOptions(TABLE, line === "" ? [] : line.split(" "));
}
