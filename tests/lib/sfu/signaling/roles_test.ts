import { assertEquals } from "@std/assert";
import {
  mayChat,
  mayModerate,
  mayProduce,
  maySetRole,
  type Role,
  ROLES,
  type Standing,
} from "../../../../lib/sfu/signaling/roles.ts";
import { defaultSettings } from "../../../../lib/sfu/signaling/settings.ts";

const FREE: Standing = {
  role: "guest",
  camBanned: false,
  textMuted: false,
  settings: undefined,
};

Deno.test("moderators and up act on those strictly below them", () => {
  const pairs = ROLES.flatMap((actor) =>
    ROLES.filter((target) => mayModerate(actor, target)).map((target) =>
      `${actor}>${target}`
    )
  );
  assertEquals(pairs, [
    "moderator>guest",
    "moderator>user",
    "moderator>member",
    "admin>guest",
    "admin>user",
    "admin>member",
    "admin>moderator",
    "owner>guest",
    "owner>user",
    "owner>member",
    "owner>moderator",
    "owner>admin",
  ]);
});

Deno.test.each<[setter: Role, target: Role, role: Role, may: boolean]>([
  ["moderator", "guest", "member", true],
  ["moderator", "moderator", "member", false],
  ["member", "guest", "member", false],
  ["admin", "guest", "moderator", true],
  ["moderator", "guest", "moderator", false],
  ["admin", "admin", "moderator", false],
  ["owner", "guest", "admin", true],
  ["admin", "guest", "admin", false],
  ["owner", "member", "guest", false],
  ["owner", "guest", "user", false],
  ["owner", "guest", "owner", false],
])("%s may make a %s a %s: %s", (setter, target, role, may) => {
  assertEquals(maySetRole(setter, target, role), may);
});

const settings = (changes: object) => ({
  ...defaultSettings("r", null),
  ...changes,
});

Deno.test.each<
  [
    why: string,
    standing: Partial<Standing>,
    source: string | null,
    may: boolean,
  ]
>([
  ["a guest with a camera", {}, "camera", true],
  ["a cam-banned camera", { camBanned: true }, "camera", false],
  ["a cam-banned screen", { camBanned: true }, "screen", false],
  ["a cam-banned screen's sound", { camBanned: true }, "screen-audio", true],
  ["a cam-banned unnamed source", { camBanned: true }, null, false],
  [
    "a camera without video",
    { settings: settings({ allowVideo: false }) },
    "camera",
    false,
  ],
  [
    "an unnamed source without video",
    { settings: settings({ allowVideo: false }) },
    null,
    false,
  ],
  [
    "a microphone without video",
    { settings: settings({ allowVideo: false }) },
    "microphone",
    true,
  ],
  [
    "a screen without sharing",
    { settings: settings({ allowScreenSharing: false }) },
    "screen-audio",
    false,
  ],
  [
    "a user in a moderated room",
    { role: "user", settings: settings({ moderated: true }) },
    "microphone",
    false,
  ],
  [
    "a member in a moderated room",
    { role: "member", settings: settings({ moderated: true }) },
    "microphone",
    true,
  ],
])("mayProduce: %s", (_why, standing, source, may) => {
  assertEquals(mayProduce({ ...FREE, ...standing }, source), may);
});

Deno.test.each<[why: string, standing: Partial<Standing>, may: boolean]>([
  ["anybody", {}, true],
  ["who is muted", { role: "owner", textMuted: true }, false],
  [
    "a guest in a moderated room",
    { settings: settings({ moderated: true }) },
    false,
  ],
  ["a guest where allowChat is off, which nobody enforces", {
    settings: settings({ allowChat: false }),
  }, true],
])("mayChat: %s", (_why, standing, may) => {
  assertEquals(mayChat({ ...FREE, ...standing }), may);
});
