/** Which protocol is spoken to a server. */

import { assert, assertEquals } from "@std/assert";
import {
  isAdapted,
  SERVER_SCHEMES,
  SIGNALING_OPERATIONS,
  signalingProblem,
  USUAL_SERVER,
  USUAL_SIGNALING,
} from "../../../../lib/load/node/signaling.ts";

Deno.test.each([
  { choice: undefined, is: false, why: "nobody chose" },
  { choice: { module: USUAL_SIGNALING }, is: false, why: "the usual one" },
  { choice: { module: "protoo" }, is: true, why: "another that we have" },
  { choice: { module: "file:///a.ts" }, is: true, why: "a user's" },
])("an adapter speaks to the server, or not: $why", ({ choice, is }) => {
  assertEquals(isAdapted(choice), is);
});

Deno.test("a choice that can be used is no problem", async () => {
  assertEquals(
    [
      await signalingProblem({ module: USUAL_SIGNALING }),
      await signalingProblem({ module: USUAL_SIGNALING, options: {} }),
      await signalingProblem({ module: "protoo" }),
    ],
    [undefined, undefined, undefined],
  );
});

Deno.test("what cannot be used is a problem before a run, in one line", async () => {
  const options = await signalingProblem({
    module: USUAL_SIGNALING,
    options: { codec: "h264" },
  });
  assertEquals(options, "simplestchat has no options");
  for (const module of ["prot", "file:///nowhere/adapter.ts", ""]) {
    const problem = await signalingProblem({ module });
    assert(problem !== undefined && !problem.includes("\n"), problem);
  }
});

Deno.test("no two operations are measured under one name, and joining comes first", () => {
  assertEquals(
    new Set(SIGNALING_OPERATIONS).size,
    SIGNALING_OPERATIONS.length,
  );
  assertEquals(SIGNALING_OPERATIONS[0], "join_room");
});

Deno.test("the usual server is one that the usual protocol reaches", () => {
  assert(SERVER_SCHEMES.some((scheme) => USUAL_SERVER.startsWith(scheme)));
});
