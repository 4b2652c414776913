/**
 * What somebody who has come and gone leaves behind in the embedded server,
 * in bytes of heap, code left out: people come to a room of five, speak, hear
 * the others and leave. Prints it for the engine that its first argument names
 * and as many joins as its second; it wants `--v8-flags=--expose-gc`.
 *
 * @module
 */

import { startMediasoupEngine } from "../../../lib/sfu/mediasoup/engine.ts";
import { startWeriftEngine } from "../../../lib/sfu/werift/engine.ts";
import { clientExamples } from "../../lib/signaling/simplestchat/wire/fixtures.ts";
import { RTP_PARAMETERS } from "../../lib/sfu/fake_engine.ts";
import { type FakeClient, FakeWorld } from "../../lib/sfu/fake_world.ts";
import { memoryUse } from "../../soak/process.ts";

const PEOPLE = 5;
/** Join first, and do not count: code is compiled and tables find their size. */
const WARM_UP_JOINS = 250;
/** Beyond what a server keeps of who has lost a connection. */
const GRACE_MS = 31_000;

if (import.meta.main) {
  const joins = Number(Deno.args[1]);
  const options = { announceIp: "127.0.0.1", onFailure: fail };
  await using engine = Deno.args[0] === "mediasoup"
    ? await startMediasoupEngine({ ...options, workers: 1 })
    : await startWeriftEngine(options);
  const world = new FakeWorld({ engine, maxConsumersPerJoin: 1000 });
  const people: FakeClient[] = [];
  let joined = 0;
  const join = async (count: number): Promise<number> => {
    for (const end = joined + count; joined < end; joined++) {
      if (people.length === PEOPLE) {
        const { connection } = people.shift()!;
        // Every other one is lost, and waited for.
        if (joined % 2 === 0) connection.receive(`{"type":"leaveRoom"}`);
        connection.end();
        world.clock.advance(GRACE_MS);
      }
      const one = await world.join(`person ${joined}`);
      await speak(one);
      for (const other of people) await hear(one, other);
      for (const other of people) await hear(other, one);
      people.push(one);
    }
    world.forget();
    memoryUse();
    return memoryUse().heapBytes;
  };
  const before = await join(WARM_UP_JOINS);
  const after = await join(joins);
  console.log(Math.round((after - before) / joins));
  for (const { connection } of people) connection.end();
  world.clock.advance(GRACE_MS);
}

async function speak(one: FakeClient): Promise<void> {
  await ask(one, { type: "getRouterRtpCapabilities" }, "routerRtpCapabilities");
  await ask(one, { type: "createSendTransport" }, "transportCreated");
  await ask(one, {
    type: "produce",
    transportId: one.last("transportCreated").transportId,
    kind: "audio",
    rtpParameters: RTP_PARAMETERS,
  }, "producerCreated");
  await ask(one, { type: "createRecvTransport" }, "transportCreated");
}

async function hear(one: FakeClient, other: FakeClient): Promise<void> {
  await ask(one, {
    ...clientExamples.consume,
    type: "consume",
    producerId: other.last("producerCreated").producerId,
    rtpCapabilities: one.last("routerRtpCapabilities").rtpCapabilities,
  }, "consumerCreated");
}

/** Sends a request, and waits for the answer of an engine that takes its time. */
async function ask(
  one: FakeClient,
  request: Parameters<FakeClient["say"]>[0],
  answer: string,
): Promise<void> {
  const { heard } = one;
  const count = () => heard.filter(({ type }) => type === answer).length;
  const before = count();
  await one.say(request);
  while (count() === before) {
    const refusal = heard.at(-1);
    if (refusal?.type === "error") fail(refusal.message);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

function fail(why: string): never {
  throw new Error(why);
}
