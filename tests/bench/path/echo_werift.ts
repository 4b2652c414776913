/**
 * The other end of a werift path: sends each packet back, or swallows it
 * (`sink`). It prints its parameters, reads the other's, and ends with stdin.
 *
 * @module
 */

import { type EndParameters, openWeriftEnd } from "./werift_end.ts";
import type { FarEnd } from "./packet_path.ts";

if (import.meta.main) await echo(Deno.args[0] as FarEnd);

async function echo(farEnd: FarEnd): Promise<void> {
  const end = await openWeriftEnd(false);
  const { dtls } = end;
  if (farEnd === "echo") {
    dtls.onRtp.subscribe(({ payload, header }) => {
      dtls.sendRtp(payload, header);
    });
  }
  console.log(JSON.stringify(end.parameters));
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of Deno.stdin.readable) {
    text += decoder.decode(part);
    if (!text.endsWith("\n")) continue;
    await end.connect(JSON.parse(text) as EndParameters);
    text = "";
  }
  Deno.exit(0);
}
