/** A server that says what would harm a terminal, a file or the memory. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { LoopbackServer } from "../integration/loopback_server.ts";
import { type Ended, OutDir, runProgram } from "./program.ts";

const HOSTILE =
  "\x1b]0;PWNED\x07\x1b[2J\x1b[31mRED\u202e\r\nSECOND LINE\u009b2J";
const SHORT = ["-c2", "-r0", "-d1", "--audio-only", "--quiet"];

/** Prints nothing that a terminal acts upon but line ends. */
function assertHarmless({ stdout, stderr }: Ended): void {
  for (const text of [stdout, stderr]) {
    assertEquals(/[^\n\P{Cc}]|\p{Cf}/u.exec(text)?.index, undefined, text);
  }
}

function refusing(message: string): Promise<LoopbackServer> {
  return LoopbackServer.webSocket((socket) => {
    socket.on("error", () => {});
    socket.on(
      "message",
      () => socket.send(JSON.stringify({ type: "error", message })),
    );
  });
}

Deno.test("escapes in a refusal, a room's name and a path reach no terminal", async () => {
  await using server = await refusing(`Guests are not ${HOSTILE}`);
  using out = new OutDir();
  const refused = await runProgram([
    "run",
    "-s",
    server.url,
    ...SHORT.slice(0, -1),
    "--room",
    `ro${HOSTILE}om`,
    "--out",
    out.path,
  ]);
  assertHarmless(refused);
  assertEquals(/PWNED|\[2J/.test(refused.stdout + refused.stderr), false);
  assertStringIncludes(refused.stderr, '"Guests are not RED SECOND LINE"');
  const json = await runProgram(["report", out.path, "--json"]);
  assertHarmless(json);
  assertStringIncludes(json.stdout, "\\u202e");
  assertHarmless(await runProgram(["report", `./${HOSTILE}`]));
});

Deno.test("a reply that cannot be read ends the run at once, with the field's name", async () => {
  await using server = await LoopbackServer.webSocket((socket) => {
    socket.on(
      "message",
      () => socket.send('{"type":"roomJoined","participants":[]}'),
    );
  });
  using out = new OutDir();
  const { code, stderr } = await runProgram([
    "run",
    "-s",
    server.url,
    ...SHORT,
    "--out",
    out.path,
  ]);
  assertEquals(code, 1);
  assertStringIncludes(
    stderr,
    "the reply cannot be read, roomJoined: `participantId`",
  );
});
