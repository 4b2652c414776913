import { assertEquals } from "@std/assert";
import { completion, hintOf } from "../../../cli/session/complete.ts";
import { liveModel, runningModel } from "./fixtures.ts";

function candidates(text: string, cursor = text.length): readonly string[] {
  return completion(liveModel({}, 1), text, cursor).candidates;
}

Deno.test.each<[string, readonly string[]]>([
  [
    "re",
    ["reconnect", "rejoin", "resume", "rooms", "report", "reset"].filter((v) =>
      v.startsWith("re")
    ),
  ],
  ["spa", ["spawn"]],
  ["spawn 2 ro", ["room=", "role=", "rooms="]],
  ["spawn 2 room=", ["room=hall", "room=lobby"]],
  ["spawn 2 room=l", ["room=lobby"]],
  ["spawn 2 role=v", ["role=viewer"]],
  ["spawn 2 room=hall role=viewer rooms=2 ", ["over=", "over=10s", "over=30s"]],
  ["inspect ", ["all", "0", "1", "2", "3", "4", "5"]],
  ["inspect 1 ", []],
  ["quality 7", ["720p"]],
  ["quality 720p 4", ["4"]],
  ["impair wi", ["wifi-lossy"]],
  ["impair re", ["rebind"]],
  ["impair loss=5% 4", ["4"]],
  ["chart packets l", ["loss"]],
  ["scenario cap", ["capacity"]],
  ["scenario st", ["stop"]],
  ["scenario help mu", ["muteStorm"]],
  ["scenario ramp st", ["stages=", "stages=30s:20,1m:20,10s:0"]],
  ["scenario ramp video=", ["video=on", "video=off"]],
  ["scenario ramp quality=7", ["quality=720p"]],
  ["scenario ./mine.ts a", []],
  ["help st", ["stats"]],
  ["threshold media", [
    "mediaLatency",
    "mediaLatencySameMachine",
    "mediaLosses",
  ]],
  ["spwan 2 ", []],
  ["stats ", []],
  ["drop room=h", ["room=hall"]],
])("after %s there could be %s", (text, expected) => {
  assertEquals(candidates(text), expected);
});

Deno.test("only what stands before the cursor is completed", () => {
  assertEquals(completion(liveModel({}, 1), "sp 3", 2), {
    from: 0,
    candidates: ["spawn"],
  });
});

Deno.test("room ids with spaces are completed in quotes", () => {
  const model = runningModel({
    settings: { ...runningModel().load.settings, room: "two words" },
  });
  assertEquals(completion(model, "drop room=", 10).candidates, [
    `room="two words"`,
  ]);
});

Deno.test.each([
  ["", ""],
  ["sp", "awn"],
  ["r", ""],
  ["spawn", " N [room=ID] [rooms=N] [role=publisher|viewer] [over=T]"],
  ["ramp ", "N T [room=ID] [role=publisher|viewer]"],
  ["ramp 5", ""],
  ["stats", " the numbers of now, without charts"],
  ["nonsense", ""],
])("the hint after %s is %s", (text, hint) => {
  assertEquals(hintOf(text), hint);
});
