import { assert } from "@std/assert";
import { ENGINES } from "../integration/sfu/engines.ts";
import { isClean, linesOf, soak } from "./main.ts";

const MINUTES = 2;

Deno.test("in two minutes of a session with everything going on nothing grows, at neither end", async () => {
  const hasMediasoup = ENGINES.some(({ engine, ignore }) =>
    engine === "mediasoup" && !ignore
  );
  const end = await soak(MINUTES, hasMediasoup ? "mediasoup" : "werift");
  assert(isClean(end), linesOf(end).join("\n"));
});
