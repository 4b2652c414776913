import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type ClientRecord, parseThreshold } from "../../../mod.ts";
import { IMPAIRMENT_PROFILES } from "../../../tool.ts";
import { Trend } from "../../../lib/metrics/mod.ts";
import { leave } from "../../../cli/session/leave.ts";
import type { Effect } from "../../../cli/session/messages.ts";
import type { Model } from "../../../cli/session/model.ts";
import { VERBS } from "../../../cli/session/verbs/mod.ts";
import { after, liveModel, logOf, runningModel, typed } from "./fixtures.ts";

/** What a line does, apart from being remembered. */
function say(model: Model, line: string, nowMs = model.nowMs) {
  const step = after(model, typed(line), nowMs);
  return {
    model: step.model,
    effects: step.effects.filter(({ type }) => type !== "remember"),
    last: logOf(step.model).at(-1),
  };
}

function four(): Model {
  return say(runningModel(), "spawn 4").model;
}

const COMMANDS: readonly (readonly [
  line: string,
  effects: readonly Effect[],
  said: string,
])[] = [
  [
    "drop 1",
    [{ type: "command", command: { type: "drop", clients: [3] } }],
    "1 client leaving: 3",
  ],
  [
    "drop half",
    [{ type: "command", command: { type: "drop", clients: [2, 3] } }],
    "2 clients leaving: 2-3",
  ],
  [
    "drop 75%",
    [{ type: "command", command: { type: "drop", clients: [1, 2, 3] } }],
    "3 clients leaving: 1-3",
  ],
  [
    "drop 1%",
    [{ type: "command", command: { type: "drop", clients: [3] } }],
    "1 client leaving: 3",
  ],
  [
    "kick 1",
    [{ type: "command", command: { type: "drop", clients: [3] } }],
    "1 client leaving: 3",
  ],
  [
    "kick half",
    [{ type: "command", command: { type: "drop", clients: [2, 3] } }],
    "2 clients leaving: 2-3",
  ],
  [
    "kick 1-2",
    [{ type: "command", command: { type: "drop", clients: [1, 2] } }],
    "2 clients leaving: 1-2",
  ],
  [
    "drop 99",
    [{ type: "command", command: { type: "drop", clients: [0, 1, 2, 3] } }],
    "4 clients leaving: 0-3",
  ],
  [
    "drop #1",
    [{ type: "command", command: { type: "drop", clients: [1] } }],
    "1 client leaving: 1",
  ],
  [
    "drop 1-2",
    [{ type: "command", command: { type: "drop", clients: [1, 2] } }],
    "2 clients leaving: 1-2",
  ],
  [
    "drop room=hall",
    [{ type: "command", command: { type: "drop", clients: [0, 1, 2, 3] } }],
    "4 clients leaving: 0-3",
  ],
  [
    "reconnect 0,2",
    [{ type: "command", command: { type: "reconnect", clients: [0, 2] } }],
    "2 channels cut",
  ],
  [
    "rejoin 1-2",
    [{ type: "command", command: { type: "rejoin", clients: [1, 2] } }],
    "2 clients joining anew",
  ],
  [
    "mute 2",
    [{
      type: "command",
      command: { type: "pause", clients: [2], kind: "audio", paused: true },
    }],
    "1 client without audio",
  ],
  [
    "unmute 0-1",
    [{
      type: "command",
      command: { type: "pause", clients: [0, 1], kind: "audio", paused: false },
    }],
    "2 clients with audio",
  ],
  [
    "pause 0 kind=video",
    [{
      type: "command",
      command: { type: "pause", clients: [0], kind: "video", paused: true },
    }],
    "1 client without video",
  ],
  [
    "resume 0",
    [
      {
        type: "command",
        command: { type: "pause", clients: [0], kind: "audio", paused: false },
      },
      {
        type: "command",
        command: { type: "pause", clients: [0], kind: "video", paused: false },
      },
    ],
    "1 client with audio and video",
  ],
  [
    "quality 720p 1 fps=15",
    [{
      type: "command",
      command: { type: "quality", clients: [1], quality: "720p", fps: 15 },
    }],
    "1 client at 720p, 15 fps",
  ],
  [
    "layers 0 clients 1-2",
    [{
      type: "command",
      command: { type: "layers", clients: [1, 2], spatialLayer: 0 },
    }],
    "2 clients asking for layer 0",
  ],
  [
    "layers 2",
    [{
      type: "command",
      command: { type: "layers", clients: [0, 1, 2, 3], spatialLayer: 2 },
    }],
    "4 clients asking for layer 2",
  ],
  [
    "dump 1-2 2m",
    [{
      type: "command",
      command: {
        type: "dump",
        clients: [1, 2],
        dir: ".",
        keepMs: null,
        forMs: 120_000,
        onTrouble: false,
      },
    }],
    "2 clients dumped for 2m: client-N.pcapng and client-N.rtcstats, here",
  ],
  [
    "impair 3g clients 1-2",
    [{
      type: "command",
      command: {
        type: "impair",
        clients: [1, 2],
        impairment: IMPAIRMENT_PROFILES["3g"],
      },
    }],
    "2 clients on 3g",
  ],
  [
    "impair in.loss=5%,delay=50ms",
    [{
      type: "command",
      command: {
        type: "impair",
        clients: [0, 1, 2, 3],
        impairment: {
          inbound: { lossRatio: 0.05, delayMs: 50 },
          outbound: { delayMs: 50 },
        },
      },
    }],
    "4 clients on delay=50ms,in.loss=5%, and all of those yet to come",
  ],
  [
    "impair rebind clients 1-2",
    [{
      type: "command",
      command: {
        type: "impair",
        clients: [1, 2],
        impairment: { rebind: true },
      },
    }],
    "2 clients on rebind",
  ],
  [
    "impair off 3",
    [{
      type: "command",
      command: { type: "impair", clients: [3], impairment: null },
    }],
    "1 client on a good network",
  ],
  ["impair", [], "nobody has a bad network"],
  ["churn 0.5", [], "0.5 departures a second, each replaced"],
  ["churn 1", [], "1 departure a second, each replaced"],
  ["churn off", [], "nobody is replaced any more"],
  ["ramp 10 30s", [], "from 4 to 10 clients in 30s"],
  ["wait 5s", [], "for 5s"],
  ["threshold loss < 1%", [], "watching loss < 1%"],
  ["threshold", [], "no thresholds"],
  ["chart packets loss", [], "charts: packets, loss"],
  ["set max-video 2", [], "max-video 2, for clients yet to come"],
  ["set max-video=2", [], "max-video 2, for clients yet to come"],
  ["set rooms=2", [], "rooms 2, for clients yet to come"],
  ["set fps", [], "fps 30"],
  ["set media", [], "media synthetic"],
  ["set audio-bitrate", [], "audio-bitrate 128"],
  ["set audio-bitrate 24", [], "audio-bitrate 24, for clients yet to come"],
  ["set media synthetic", [], "media synthetic, for clients yet to come"],
  ["reset", [], "charts begin anew"],
  ["report", [{ type: "report" }], "report"],
  ["save a.json", [{ type: "save", path: "a.json" }], "save a.json"],
  ["save b.html", [{ type: "save", path: "b.html" }], "save b.html"],
  ["js 1 + 'a b'", [{ type: "js", source: "1 + 'a b'" }], "js 1 + 'a b'"],
];

Deno.test.each(COMMANDS)(
  "%s is carried out and told of",
  (line, effects, said) => {
    const step = say(four(), line);
    const done = step.effects.filter(({ type }) => type !== "add");
    assertEquals(done, effects);
    assertEquals(step.last, said);
  },
);

const PROBLEMS: readonly (readonly [line: string, problem: string])[] = [
  ["spwan 3", `There is no verb "spwan", did you mean "spawn"?`],
  ["frobnicate", `There is no verb "frobnicate": "help" lists them.`],
  ["constructor", `There is no verb "constructor": "help" lists them.`],
  ["spawn", "spawn needs a whole number from 1 to 99996."],
  ["spawn -3", "spawn needs a whole number from 1 to 99996."],
  ["spawn 2 rom=x", "spawn has no rom=, did you mean room=?"],
  [
    "spawn 2 colour=x",
    "spawn has no colour=: it has room=, role=, rooms=, over=.",
  ],
  ["spawn 2 role=boss", "role= takes publisher or viewer."],
  ["spawn 2 rooms=0", "rooms= takes a whole number from 1 to 100000."],
  [
    "spawn 2 over=soon",
    "over= takes a duration such as 30, 500ms, 90s, 5m or 1h, up to 480h.",
  ],
  ["spawn 2 room=", "room= takes the id of a room."],
  [
    "spawn 2 3",
    `spawn has no use for "3": write spawn N [room=ID] [rooms=N] [role=publisher|viewer] [over=T].`,
  ],
  ["quit now", `quit has no use for "now": it stands alone.`],
  [
    "mute 1 2",
    `mute has no use for "2": write mute [IDS], where IDS are all, 3, 3-5 or 1,4-6.`,
  ],
  ["stats a=1", "stats has no options."],
  [
    "ramp 5",
    "ramp needs how many clients and how long: ramp 50 30s (or 500ms, 5m, 1h).",
  ],
  ["drop", "drop needs one of: how many, which ids, a room, or all."],
  [
    "drop 1 room=hall",
    "drop needs one of: how many, which ids, a room, or all.",
  ],
  [
    "drop haf",
    `"haf" names no clients: write all, 3, 3-5 or 1,4-6; did you mean "half"?`,
  ],
  [
    "clients by errs",
    `clients can be ordered by loss, missing, errors, connection, sent, received, room, id: clients by loss; did you mean "errors"?`,
  ],
  [
    "spawn 3 role=viewr",
    `role= takes publisher or viewer; did you mean "viewer"?`,
  ],
  [
    "reconnect al",
    `"al" names no clients: write all, 3, 3-5 or 1,4-6; did you mean "all"?`,
  ],
  ["drop 120%", `"120%" names no clients: write all, 3, 3-5 or 1,4-6.`],
  ["kick room=attic", `There is nobody in a room "attic".`],
  [
    "rooms 2",
    `rooms only shows them: "set rooms=2" spreads those who come over 2, "drop room=ID" empties one.`,
  ],
  [
    "clients by luck",
    "clients can be ordered by loss, missing, errors, connection, sent, received, room, id: clients by loss.",
  ],
  [
    "clients 3",
    "clients can be ordered by loss, missing, errors, connection, sent, received, room, id: clients by loss.",
  ],
  ["drop room=attic", `There is nobody in a room "attic".`],
  ["drop 7-9", "There is no client 7-9: there are 0-3."],
  ["rejoin", "rejoin needs to know whom: all, 3, 3-5 or 1,4-6."],
  [
    "churn much",
    `churn needs departures a second, a number from 0 to 1000, or "off".`,
  ],
  [
    "churn 1001",
    `churn needs departures a second, a number from 0 to 1000, or "off".`,
  ],
  ["reconnect", "reconnect needs to know whom: all, 3, 3-5 or 1,4-6."],
  ["pause 0 kind=smell", "kind= takes audio or video."],
  ["mute kind=audio", "mute has no options."],
  ["quality 4k", "quality takes 480p, 720p or 1080p."],
  ["quality 480p fps=25", "fps= takes 15, 30 or 60."],
  ["layers 3", "layers takes 0, 1 or 2."],
  ["dump", "dump needs to know whom: all, 3, 3-5 or 1,4-6."],
  ["dump 1 soon", `dump takes a duration such as 30s or 2m, not "soon".`],
  [
    "layers 0 1 2",
    `layers has no use for "2": whom it is about is one word, all, 3, 3-5 or 1,4-6.`,
  ],
  [
    "set simulcast on",
    "The engine werift forwards no layers: start with --embedded=mediasoup.",
  ],
  ["set simulcast maybe", "simulcast takes on or off."],
  [
    "impair 5g",
    `Cannot read impairment "5g": it is not one of cable, wifi-lossy, 4g, poor-4g, 3g, satellite, bufferbloat, call-drop, nor settings such as loss=5%,delay=50ms`,
  ],
  [
    "impair loss=2 all",
    'Cannot read impairment setting "loss=2": "2" is not a share from 0% to 100% such as 5% or 0.05',
  ],
  ["impair 3g:0%", `"3g:0%" has a share that is not from 0 to 100%`],
  ["impair 3g 9", "There is no client 9: there are 0-3."],
  [
    "impair 3g 1 2",
    `impair has no use for "2": whom it is about is one word, all, 3, 3-5 or 1,4-6.`,
  ],
  ["inspect", "inspect needs the id of a client: inspect 3."],
  ["inspect 9", "There is no client 9: there are 0-3."],
  ["chart packtes", `There is no chart "packtes", did you mean "packets"?`],
  [
    "set colour red",
    `There is no setting "colour": there are room, rooms, role, audio, video, quality, fps, simulcast, audio-bitrate, profile, media, max-audio, max-video.`,
  ],
  [
    "set max-vdeo 2",
    `There is no setting "max-vdeo", did you mean "max-video"?`,
  ],
  [
    "set colou=red",
    "set has no colou=: it has room=, rooms=, role=, audio=, video=, quality=, fps=, simulcast=, audio-bitrate=, profile=, media=, max-audio=, max-video=.",
  ],
  ["set fps=15 rooms=2", "set changes one at a time: set max-video 2."],
  ["set fps rooms=2", "set changes one at a time: set max-video 2."],
  ["set fps=25", "fps takes 15, 30 or 60."],
  ["set fps 25", "fps takes 15, 30 or 60."],
  ["set audio-bitrate 5", "audio-bitrate takes a whole number from 6 to 128."],
  ["set max-audio 10001", "max-audio takes a whole number from 0 to 10000."],
  ["save", "save needs the name of a file."],
  [
    "save notes",
    "save writes files that end in .json, .txt, .csv, .html, .md, .ndjson or .json.gz.",
  ],
  ["wait", "wait takes a time: wait 5s, or wait connected 30s."],
  ["wait 5s 6s", "wait takes a time: wait 5s, or wait connected 30s."],
  ["js", "js needs an expression: js clients.length."],
  ["help spwan", `There is no verb "spwan", did you mean "spawn"?`],
];

Deno.test.each(PROBLEMS)(
  "%s does nothing and says what was meant",
  (line, problem) => {
    const before = four();
    const { model, effects, last } = say(before, line);
    assertEquals(effects, []);
    assertEquals(last, problem);
    assertEquals(model.load, before.load);
    assertEquals(model.log.at(-1)?.level, "error");
  },
);

Deno.test("a threshold that cannot be read says why", () => {
  const { last = "" } = say(runningModel(), "threshold join < 5");
  assertStringIncludes(last, `Cannot read threshold "join < 5"`);
});

Deno.test("spawn joins clients and tells which", () => {
  const { model, effects, last } = say(four(), "spawn 2 room=lobby");
  const [effect] = effects;
  assert(effect.type === "add");
  assertEquals(
    effect.clients.map(({ index, roomId }) => [index, roomId]),
    [[4, "lobby"], [5, "lobby"]],
  );
  assertEquals(last, "2 clients joining: 4-5");
  assertEquals(say(model, "spawn 1").last, "1 client joining: 6");
});

Deno.test("settings change what later clients are like, and only those", () => {
  let { model } = say(four(), "set quality 720p");
  model = say(model, "set audio off").model;
  model = say(model, "set role viewer").model;
  const [effect] = say(model, "spawn 1").effects;
  assert(effect.type === "add");
  const [{ media, role }] = effect.clients;
  assertEquals([media?.quality, media?.audio, role], ["720p", false, "viewer"]);
  assertEquals(model.load.members[0].media.quality, "480p");
});

Deno.test("audio and video cannot both be off", () => {
  const { model } = say(runningModel(), "set audio off");
  assertEquals(
    say(model, "set video off").last,
    "Audio or video must stay on.",
  );
});

Deno.test("what clients were told not to send is known, and forgotten again", () => {
  const silent = (model: Model) =>
    model.load.members.map(({ silent }) => silent.join());
  let { model } = say(four(), "mute 1");
  model = say(model, "pause 2").model;
  assertEquals(silent(model), ["", "audio", "audio,video", ""]);
  model = say(model, "unmute all").model;
  assertEquals(silent(model), ["", "", "video", ""]);
});

Deno.test("a bad network is listed by who has it, and off for all or for some", () => {
  let { model } = say(four(), "impair loss=5%");
  model = say(model, "impair 3g 1-2").model;
  const listed = (model: Model) =>
    logOf(say(model, "impair").model).slice(logOf(model).length + 1);
  assertEquals(listed(model), [
    "loss=5%: 0,3",
    "3g: 1-2",
    "loss=5%: all of those yet to come",
  ]);
  model = say(model, "impair off 1").model;
  assertEquals(listed(model)[1], "3g: 2");
  model = say(model, "impair off").model;
  assertEquals(listed(model), ["nobody has a bad network"]);
});

Deno.test("who comes later has the network that was for all, and who replaces another one his", () => {
  let { model } = say(runningModel(), "impair 3g");
  assertEquals(
    logOf(model).at(-1),
    "0 clients on 3g, and all of those yet to come",
  );
  const [effect] = say(model, "spawn 1").effects;
  assert(effect.type === "add");
  assertEquals(effect.clients[0].impairment, IMPAIRMENT_PROFILES["3g"]);
  model = say(model, "impair off").model;
  model = say(model, "spawn 1").model;
  model = say(model, "impair satellite 0").model;
  model = say(model, "churn 1").model;
  const [churned] = after(model, [{ type: "tick" }], model.nowMs + 1000)
    .effects.filter(({ type }) => type === "add");
  assert(churned.type === "add");
  assertEquals(churned.clients[0].impairment, IMPAIRMENT_PROFILES.satellite);
});

Deno.test("a share is that many of those meant, and of all who come later", () => {
  let { model } = say(runningModel(), "spawn 100");
  const step = say(model, "impair 3g:30% 0-49");
  const [effect] = step.effects;
  assert(effect.type === "command" && effect.command.type === "impair");
  assertEquals(effect.command.clients.length, 15);
  assert(effect.command.clients.every((index) => index < 50));
  model = say(model, "impair 3g:30%").model;
  const [add] = say(model, "spawn 1000").effects;
  assert(add.type === "add");
  const bad = add.clients.filter(({ impairment }) => impairment).length;
  assertEquals(bad, 300);
});

Deno.test("a short text goes into the log, a long one onto a page that the next line closes", () => {
  const { model } = say(runningModel(), "help");
  assertEquals(model.page?.title, "help");
  assertEquals(say(model, "help spawn").model.page?.title, "help spawn");
  assertEquals(say(model, "set fps").model.page, undefined);
});

Deno.test("help has a line for each verb, and none for what is not there", () => {
  const lines = say(runningModel(), "help").model.page?.lines ?? [];
  for (const name of Object.keys(VERBS)) {
    assert(lines.some((line) => line.startsWith(`${name} `)), name);
  }
  assert(!lines.some((line) => line.startsWith("capacity")));
});

Deno.test("every example in the table is right", () => {
  for (const [name, { examples }] of Object.entries(VERBS)) {
    for (const example of examples) {
      // A scenario needs the crowd to itself.
      const model = name === "scenario" ? runningModel() : liveModel({}, 1);
      const { model: next } = say(model, example);
      assert(example.startsWith(name), example);
      assert(next.log.at(-1)?.level !== "error", example);
    }
  }
});

Deno.test("stats tells in words what the charts draw", () => {
  const { page } = say(liveModel(), "stats").model;
  assertEquals(page?.lines.slice(0, 5), [
    "clients     6 of 6 connected, in 2 rooms",
    "sent        1,020 packets/s, 6.7 Mbps, 30,600 packets in all",
    "received    2,040 packets/s, 13.4 Mbps, 61,200 packets in all",
    "loss        0.58 % now, 0.58 % in all",
    "media       p50 1.98 ms, p95 2.90 ms, p99 2.98 ms",
  ]);
  assertEquals(page?.lines.at(-1), "threshold   loss < 1%: 0.58 %, passed");
  assert(
    page?.lines.includes(
      "feedback    18 NACK/s, 540 in all; 6 PLI/s, 180 in all",
    ),
  );
  assert(
    page?.lines.includes("jitter      p50 1.50 ms, p95 1.94 ms, p99 1.98 ms"),
  );
});

Deno.test("threshold alone tells what each stands at, and who is worst where it failed", () => {
  const model = liveModel({
    thresholds: ["loss < 1%", "loss < 0.1%", "recovery max < 1s"].map(
      parseThreshold,
    ),
  });
  assertEquals(logOf(say(model, "threshold").model).slice(-3), [
    "loss < 1%: 0.58 %, passed",
    "loss < 0.1%: 0.58 %, failed, worst client-0: 0.58 %",
    "recovery max < 1s: not measured yet",
  ]);
});

Deno.test("of one thing, one is told", () => {
  const model = liveModel({}, 1);
  const { snapshot } = model.live;
  const live = {
    ...model.live,
    snapshot: {
      ...snapshot,
      gauges: { ...snapshot.gauges, consumersLayer0: 1 },
      counters: {
        ...snapshot.counters,
        layerSwitches: 1,
        framesDropped: 1,
        freezeCount: 1,
      },
    },
  };
  const text = say({ ...model, live }, "stats").model.page!.lines.join("\n");
  assertStringIncludes(text, "1 track in layer 0, 0 in 1");
  assertStringIncludes(text, "in none; 1 change\n");
  assertStringIncludes(text, "1 frame dropped and 1 freeze in all\n");
});

Deno.test("inspect shows everything known of one client", () => {
  const { page } = say(liveModel(), "inspect 5").model;
  assertEquals(page?.title, "client 5");
  assertEquals(page?.lines.slice(0, 5), [
    "client      5, viewer in lobby",
    "media       sends nothing",
    "            receives at most 4 audio and 4 video",
    "state       connected",
    "connection  95.0 ms after it was scheduled; joined – after its first attempt",
  ]);
  const lines = page?.lines ?? [];
  for (
    const line of [
      "received    10,200 packets, 8.4 MB, lost 60 of 10,260, 30 repaired",
      "video       1,800 frames, first after 120 ms, 30 dropped",
      "freezes     30, 1200 ms summed over its tracks, 40.0 ms at most",
      "at most     latency 3.00 ms, jitter 2.00 ms, round trip 8.00 ms",
      "feedback    sent 90 NACK, 30 PLI",
      "            received 60 NACK, 0 PLI, 0 FIR",
    ]
  ) {
    assert(lines.includes(line), line);
  }
  assert(!lines.some((line) => line.startsWith("dropped")));
});

Deno.test("inspect tells what a client's network dropped, also once it is good again", () => {
  const model = liveModel();
  const dropped = (figures: Partial<ClientRecord>) => {
    const { snapshot } = model.live;
    const clients = snapshot.clients.map((client) => ({
      ...client,
      ...figures,
    }));
    const live = { ...model.live, snapshot: { ...snapshot, clients } };
    const { page } = say({ ...model, live }, "inspect 5").model;
    return page?.lines.find((line) => line.startsWith("dropped"));
  };
  assertEquals(
    dropped({ impairedInDropped: 1200, impairedOutDropped: 3 }),
    "dropped     by its network 1,200 packets on the way in, 3 on the way out",
  );
  assertEquals(
    dropped({ impairment: "3g" }),
    "dropped     by its network 0 packets on the way in, 0 on the way out",
  );
});

Deno.test("clients and rooms choose the table of the screen", () => {
  const { model } = say(runningModel(), "clients");
  assertEquals(model.panel, { table: "clients", top: 0 });
  assertEquals(say(model, "rooms").model.panel.table, "rooms");
});

Deno.test("media are looked at before clients get them, and then have a quality of their own", () => {
  const asked = say(four(), "set media builtin");
  const media = { ...four().load.settings.media, clip: "builtin" };
  assertEquals(asked.effects, [{ type: "chooseMedia", media }]);
  assertEquals(asked.model.load.settings.media.clip, undefined);
  const { model } = after(asked.model, [{
    type: "mediaChosen",
    media,
    text: "builtin (VP8)",
  }]);
  assertEquals(
    logOf(model).at(-1),
    "media builtin (VP8), for clients yet to come",
  );
  assertEquals(model.pending, four().pending);
  const { model: joined, effects } = say(model, "spawn 1");
  const [add] = effects;
  assert(add.type === "add");
  assertEquals(add.clients[0].media?.clip, "builtin");
  assertEquals(
    say(joined, "set quality 720p").last,
    'quality is the file\'s own with media builtin: "set media synthetic" first.',
  );
  assertEquals(
    say(joined, "quality 720p").last,
    "Client 4 sends builtin: a file's quality is its own.",
  );
  assertEquals(say(joined, "quality 720p 0-3").effects.length, 1);
  const back = say(joined, "set media synthetic").model;
  assertEquals(back.load.settings.media.clip, undefined);
});

Deno.test("simulcast is for clients yet to come, and not for files", () => {
  const { server, ...rest } = four();
  const model: Model = { ...rest, server: { ...server!, engine: "mediasoup" } };
  const on = say(model, "set simulcast on");
  assertEquals(on.last, "simulcast on, for clients yet to come");
  const { model: joined, effects: [add] } = say(on.model, "spawn 1");
  assert(add.type === "add");
  assertEquals(add.clients[0].media?.simulcast, true);
  assertStringIncludes(
    say(joined, "inspect 4").model.page?.lines.join("\n") ??
      logOf(say(joined, "inspect 4").model).join("\n"),
    "video 480p at 30 fps in layers",
  );
  assertEquals(
    say(on.model, "set media builtin").last,
    'A file has one layer: "set simulcast off" first.',
  );
  const filed = after(model, [{
    type: "mediaChosen",
    media: { ...model.load.settings.media, clip: "builtin" },
    text: "builtin",
  }]).model;
  assertEquals(
    say(filed, "set simulcast on").last,
    `simulcast is the file's own with media builtin: "set media synthetic" first.`,
  );
});

Deno.test("stats tells what a track has a second, and how long media took to come back", () => {
  const model = liveModel();
  const trend = (value: number) => {
    const trend = new Trend();
    trend.record(value);
    return trend.toJSON();
  };
  const { live } = model;
  const trends = {
    ...live.snapshot.trends,
    videoBitrate: trend(1_200_000),
    networkRecovery: trend(250_000),
  };
  const counters = { ...live.snapshot.counters, networkNotRecovered: 2 };
  const snapshot = { ...live.snapshot, trends, counters };
  const { page } =
    say({ ...model, live: { ...live, snapshot } }, "stats").model;
  const text = page!.lines.join("\n");
  assertStringIncludes(text, "a track     video p5 1.2 Mbps, p50 1.2 Mbps\n");
  assertStringIncludes(
    text,
    "recovery    p50 250 ms (of 1), p95 250 ms (of 1), p99 250 ms (of 1), 2 never",
  );
  const plain = say(model, "stats").model.page!.lines.join("\n");
  assert(!plain.includes("a track") && !plain.includes("recovery"));
});

Deno.test("stats tells which layers come in, where there are any", () => {
  const model = liveModel();
  const { snapshot } = model.live;
  const gauges = {
    ...snapshot.gauges,
    consumersLayer0: 3,
    consumersNoLayer: 1,
  };
  const counters = { ...snapshot.counters, layerSwitches: 5 };
  const live = { ...model.live, snapshot: { ...snapshot, gauges, counters } };
  const { page } = say({ ...model, live }, "stats").model;
  assert(
    page?.lines.includes(
      "layers      3 tracks in layer 0, 0 in 1, 0 in 2, 1 in none; 5 changes",
    ),
  );
  assert(!say(model, "stats").model.page?.lines.join().includes("layers"));
});

Deno.test("files are looked at again before audio or video is no longer sent", () => {
  const settings = four().load.settings;
  const media = { ...settings.media, clip: "clip.ivf" };
  const { model } = after(say(four(), "set media clip.ivf").model, [
    { type: "mediaChosen", media, text: "clip.ivf" },
  ]);
  const asked = say(model, "set video off");
  const without = { ...media, video: false };
  assertEquals(asked.effects, [{ type: "chooseMedia", media: without }]);
  const problem = "Cannot use clip.ivf: it has video, of which nothing is sent";
  const refused = after(asked.model, [{ type: "mediaRefused", problem }]);
  assertEquals(refused.model.load.settings.media, media);
  const text = "clip.ivf (Opus)";
  const chosen = after(asked.model, [
    { type: "mediaChosen", media: without, text },
  ]);
  assertEquals(chosen.model.load.settings.media, without);
});

Deno.test("while files are looked at, what is typed waits for what comes of it", () => {
  const { server, ...rest } = four();
  let model: Model = { ...rest, server: { ...server!, engine: "mediasoup" } };
  const media = { ...model.load.settings.media, clip: "clip.ivf" };
  model = say(model, "set media clip.ivf").model;
  for (const line of ["set simulcast on", "set video off", "spawn 1"]) {
    const step = say(model, line);
    assertEquals([step.effects, step.model.log], [[], model.log]);
    model = step.model;
  }
  model = after(model, [{ type: "mediaChosen", media, text: "clip" }]).model;
  assertEquals(
    model.log.slice(-2).map(({ text }) => text),
    [
      `simulcast is the file's own with media clip.ivf: "set media synthetic" first.`,
      "set video off",
    ],
  );
  const { effects } = after(model, [{ type: "mediaRefused", problem: "no" }]);
  const [add] = effects;
  assert(add.type === "add" && add.clients[0].media === media);
});

Deno.test("media that cannot be used leave everything as it was, and end a program with 2", () => {
  const problem = "Cannot use x: there is no such file.";
  const failed = [{ type: "mediaRefused", problem }] as const;
  const { model } = after(say(four(), "set media x").model, failed);
  assertEquals(logOf(model).at(-1), problem);
  assertEquals(model.load.settings.media.clip, undefined);
  const asked = say({ ...four(), audience: "plain" }, "set media x").model;
  const { effects } = after(asked, failed);
  assertEquals(effects.map((one) => one.type === "end" && one.code), [2]);
});

Deno.test("reset forgets the charts and keeps the totals", () => {
  const before = liveModel();
  const { model } = say(before, "reset");
  assertEquals(model.live.history.moments, []);
  assertEquals(model.live.snapshot, before.live.snapshot);
});

Deno.test("quit has everyone leave, with 99 where a threshold failed", () => {
  const kept = say(liveModel(), "quit");
  assertEquals(kept.effects, [
    { type: "end", code: 0, reason: null, summary: true },
  ]);
  assertEquals(kept.model.phase, { name: "leaving" });
  const broken = { ...liveModel() };
  const live = {
    ...broken.live,
    thresholds: [{
      expression: "loss < 0",
      passed: false,
      value: 1,
      bound: 0,
      unit: "ratio" as const,
    }],
  };
  const [effect] = say({ ...broken, live }, "quit").effects;
  assert(effect.type === "end" && effect.code === 99);
  assertEquals(effect.reason, null);
  assertEquals(leave({ ...broken, audience: "plain", live }, 0).effects, [{
    ...{ type: "end", code: 99, summary: false },
    reason: `Failed: "loss < 0", it was 100 %.`,
  }]);
  const cleared = say({ ...broken, live }, "threshold clear").model;
  assertEquals(say(cleared, "quit").effects, kept.effects);
});

Deno.test("clients by a figure stay in that order, and clients alone has the worst first again", () => {
  const ordered = say(liveModel(), "clients by id").model;
  assertEquals(ordered.panel, { table: "clients", top: 0, by: "id" });
  assertEquals(say(ordered, "clients").model.panel.by, undefined);
});
