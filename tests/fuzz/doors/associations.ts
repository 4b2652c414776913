/**
 * Both ends of an association, from the first check to the end: a client's
 * transport over a lane in memory, and the embedded server's acceptor. What
 * comes is damaged, or garbage under the right password and the right keys.
 */

import { RtcAcceptor } from "../../../lib/rtc/accept.ts";
import type { Socket } from "../../../lib/rtc/deps.ts";
import type { DtlsSuite } from "../../../lib/rtc/dtls/dtls.ts";
import { createPortableCipher } from "../../../lib/rtc/srtp/portable_cipher.ts";
import type { SrtpCipher } from "../../../lib/rtc/srtp/srtp_cipher.ts";
import { bindingRequest, bindingResponse } from "../../../lib/rtc/ice/stun.ts";
import { KINDS, suiteOf } from "../../lib/rtc/dtls/suites.ts";
import { FROM, World } from "../../lib/rtc/transport_world.ts";
import { damagedBytes } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";
import { DTLS } from "./dtls.ts";
import { RTCP, RTP, stunSamples } from "./packets.ts";

const datagram = fc.oneof(
  fc.record({
    kind: fc.constant("raw"),
    bytes: damagedBytes([...RTP, ...RTCP, ...DTLS, ...stunSamples()]),
  }),
  fc.record({ kind: fc.constant("check"), bytes: fc.uint8Array() }),
  fc.record({ kind: fc.constant("rtp"), bytes: damagedBytes(RTP) }),
  fc.record({ kind: fc.constant("rtcp"), bytes: damagedBytes(RTCP) }),
);
type Datagram = { readonly kind: string; readonly bytes: Uint8Array };

const life = fc.record({
  dtls: fc.constantFrom(...KINDS),
  phase: fc.constantFrom("checks", "dtls", "handshake", "connected", "moved"),
  before: fc.array(datagram, { maxLength: 40 }),
  after: fc.array(datagram, { minLength: 50, maxLength: 200 }),
});
type Life = {
  readonly dtls: DtlsSuite["kind"];
  readonly phase: string;
  readonly before: readonly Datagram[];
  readonly after: readonly Datagram[];
};

/** What waits half a second for a timer does so together with others. */
const lives = fc.array(life, { minLength: 8, maxLength: 8 });
/** What comes before the peer says a word, and while it shakes hands, comes this often. */
const PACE_MS = 2;

/** Client transports. */
export const transports: Door = door("transports", liveAsClient);
/** The other end, in the embedded server. */
export const acceptors: Door = door("acceptors", liveAsServer);

function door(name: string, live: (one: Life) => Promise<void>): Door {
  return {
    name,
    kind: "stateful",
    open() {
      let inputs = 0;
      return {
        inputs: () => inputs,
        property: fc.asyncProperty(lives, async (all) => {
          for (const { before, after } of all) {
            inputs += before.length + after.length;
          }
          await Promise.all(all.map(live));
        }),
      };
    },
  };
}

async function liveAsClient(
  { dtls, phase, before, after }: Life,
): Promise<void> {
  const errors: unknown[] = [];
  const world = new World({
    dtls,
    answersIce: phase !== "checks",
    answersDtls: phase !== "dtls",
    transport: { iceTimeoutMs: 300, dtlsTimeoutMs: 600 },
    handlers: { onError: (error) => errors.push(error) },
  });
  const deliver = ({ kind, bytes }: Datagram, cipher?: SrtpCipher) =>
    world.toClient(
      kind === "check"
        ? bindingResponse(transactionOf(bytes), FROM, world.ice.password)
        : sealed(kind, bytes, cipher),
    );
  const connected = world.transport.connect(Promise.resolve())
    .then(() => true, () => false);
  for (const one of before) {
    deliver(one);
    await pause();
  }
  if (await connected) {
    const cipher = await world.serverCipher();
    const moved = phase === "moved"
      ? world.transport.restartIce(world.ice).catch(() => {})
      : undefined;
    for (const one of after) deliver(one, cipher);
    await moved;
    for (const one of after) deliver(one, cipher);
    cipher.close();
  } else {
    for (const one of after) deliver(one);
  }
  await world.end();
  for (const one of after) deliver(one);
  if (errors.length > 0) throw errors[0];
  if (world.transport.state !== "closed") {
    throw new Error(`${world.transport.state} after it was closed`);
  }
}

async function liveAsServer(
  { dtls, phase, before, after }: Life,
): Promise<void> {
  let onMessage: (bytes: Uint8Array, from: typeof FROM) => void = () => {};
  let isOpen = true;
  const socket = {
    address: () => ({ port: 1 }),
    on(event: string, handler: typeof onMessage) {
      if (event === "message") onMessage = handler;
    },
    send: (bytes: Uint8Array) => {
      if (bytes[0] >= 20 && bytes[0] <= 63) {
        const copy = Uint8Array.from(bytes);
        setTimeout(() => client.receive(copy), 0);
      }
    },
    close: () => isOpen = false,
  };
  let openCiphers = 0;
  const acceptor = new RtcAcceptor(
    {
      dtls: suiteOf(dtls),
      profiles: undefined,
      ciphers: {
        kind: "portable",
        create(keys) {
          openCiphers++;
          const cipher = createPortableCipher(keys);
          const close = cipher.close.bind(cipher);
          cipher.close = () => {
            openCiphers--;
            close();
          };
          return cipher;
        },
        close() {},
      },
    },
    socket as unknown as Socket,
    { onRtp() {}, onRtcp() {}, onConnected() {} },
  );
  const peer = suiteOf(KINDS[0], 1);
  const client = peer.create({
    role: "client",
    remoteFingerprint: acceptor.fingerprint,
    send: (bytes) => onMessage(bytes.slice(), FROM),
  });
  const check = (bytes: Uint8Array) =>
    bindingRequest({
      transactionId: Uint8Array.fromHex(transactionOf(bytes)),
      username: `${acceptor.ice.usernameFragment}:client`,
      password: acceptor.ice.password,
      tieBreaker: 7n,
      nomination: bytes.length % 2 === 0 ? 1 + bytes.length : undefined,
    });
  const deliver = ({ kind, bytes }: Datagram, cipher?: SrtpCipher) =>
    onMessage(
      kind === "check" ? check(bytes) : sealed(kind, bytes, cipher),
      { ...FROM, port: FROM.port + (bytes.length % 20 === 0 ? 1 : 0) },
    );
  if (phase !== "checks") onMessage(check(new Uint8Array()), FROM);
  if (phase !== "dtls") acceptor.accept(peer.fingerprint);
  const connected = client.done.then((keys) => keys, () => undefined);
  const givesUp = setTimeout(() => client.close(), 1500);
  client.start();
  for (const one of before) {
    deliver(one);
    await pause();
  }
  if (phase === "checks" || phase === "dtls") await client.close();
  const keys = await connected;
  const cipher = keys && createPortableCipher(keys);
  if (phase === "moved") acceptor.restartIce();
  for (const one of after) deliver(one, cipher);
  clearTimeout(givesUp);
  if (!isOpen) throw new Error("it was closed by what came");
  await Promise.all([acceptor.close(), client.close()]);
  for (const one of after) deliver(one, cipher);
  cipher?.close();
  if (openCiphers > 0) throw new Error(`${openCiphers} ciphers left`);
}

/** Twelve bytes, in hexadecimal. */
function transactionOf(bytes: Uint8Array): string {
  const id = new Uint8Array(12);
  id.set(bytes.subarray(0, 12));
  return id.toHex();
}

/** A packet under the peer's keys, once there are any. */
function sealed(
  kind: string,
  bytes: Uint8Array,
  cipher: SrtpCipher | undefined,
): Uint8Array {
  if (cipher === undefined || kind === "raw" || bytes.length < 12) return bytes;
  const out = new Uint8Array(bytes.length + 64);
  out.set(bytes);
  const length = kind === "rtp"
    ? cipher.protectRtp(out, 0, bytes.length)
    : cipher.protectRtcp(out, 0, bytes.length);
  return length > 0 ? out.subarray(0, length) : bytes;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PACE_MS));
}
