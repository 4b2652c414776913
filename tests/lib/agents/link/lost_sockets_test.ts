import { assertEquals } from "@std/assert";
import { isOfLostSocket } from "../../../../lib/agents/link/lost_sockets.ts";

function thrown(code: string | undefined, at: string): Error {
  const error = Object.assign(new Error(`read ${code}`), { code });
  error.stack = `Error: read ${code}\n    at ${at} (ext:deno_node/a.ts:1:2)`;
  return error;
}

Deno.test.each([
  {
    error: thrown("ECONNRESET", "TCPWrap.onStreamRead [as onread]"),
    is: true,
    why: "one that was read, and reset",
  },
  {
    error: thrown("EPIPE", "TLSWrap.onStreamRead [as onread]"),
    is: true,
    why: "one of TLS",
  },
  {
    error: thrown("ECONNRESET", "connect"),
    is: false,
    why: "one that is being connected",
  },
  {
    error: thrown("ENOENT", "TCPWrap.onStreamRead"),
    is: false,
    why: "another error",
  },
  {
    error: thrown(undefined, "TCPWrap.onStreamRead"),
    is: false,
    why: "an error without a code",
  },
  { error: "ECONNRESET", is: false, why: "no error at all" },
])("what is thrown ends nothing ($is): $why", ({ error, is }) => {
  assertEquals(isOfLostSocket(error), is);
});
