/** What holds of candidates, STUN and the agent whatever comes: drawn by seeds. */

import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import {
  chooseCandidates,
  type RemoteCandidate,
} from "../../../../lib/rtc/ice/candidates.ts";
import { IceAgent, type IcePath } from "../../../../lib/rtc/ice/ice_agent.ts";
import {
  bindingRequest,
  bindingResponse,
  parseStun,
} from "../../../../lib/rtc/ice/stun.ts";
import { fc } from "../../../fuzz/deps.ts";

const transactionId = fc.uint8Array({ minLength: 12, maxLength: 12 });

Deno.test("whatever a request says is read again under its password, and under no other", () => {
  fc.assert(fc.property(
    fc.record({
      username: fc.string({ unit: "binary", maxLength: 500 }),
      password: fc.string({ minLength: 1, maxLength: 60 }),
      transactionId,
      tieBreaker: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      nomination: fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
    }),
    (request) => {
      const username = request.username.toWellFormed();
      const bytes = bindingRequest({ ...request, username });
      assertEquals(bytes.length % 4, 0);
      // RFC 8489 section 5: the length is of what follows the header.
      const view = new DataView(bytes.buffer);
      assertEquals(view.getUint16(2), bytes.length - 20);
      assertEquals(parseStun(bytes, request.password), {
        kind: "request",
        transaction: request.transactionId.toHex(),
        username: new TextDecoder().decode(new TextEncoder().encode(username)),
        nominates: request.nomination !== undefined,
        nomination: request.nomination,
        errorCode: undefined,
      });
      assertEquals(parseStun(bytes, `${request.password}!`), undefined);
    },
  ));
});

Deno.test("a response's address is that of the request, by RFC 8489 section 14.2", () => {
  fc.assert(fc.property(
    transactionId,
    fc.oneof(
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
    ),
    fc.nat(0xffff),
    (id, ip, port) => {
      const groups = Array.from(
        { length: 8 },
        (_, i) => ((ip[2 * i] << 8) | ip[2 * i + 1]).toString(16),
      );
      const address = ip.length === 4 ? ip.join(".") : groups.join(":");
      const bytes = bindingResponse(id.toHex(), { address, port }, "pass");
      assertEquals(parseStun(bytes, "pass")?.kind, "success");
      // The first attribute: type, length, family, port and address.
      const view = new DataView(bytes.buffer, 20);
      assertEquals(view.getUint16(0), 0x0020);
      assertEquals(view.getUint16(2), 4 + ip.length);
      assertEquals(view.getUint16(4), ip.length === 4 ? 1 : 2);
      assertEquals(view.getUint16(6) ^ 0x2112, port);
      const key = [0x21, 0x12, 0xa4, 0x42, ...id];
      const read = Array.from(
        { length: ip.length },
        (_, i) => view.getUint8(8 + i) ^ key[i],
      );
      assertEquals(read, [...ip]);
    },
  ));
});

const candidate: fc.Arbitrary<RemoteCandidate> = fc.record({
  address: fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.domain(),
    fc.constantFrom("", "0.0.0.0", "::", "255.255.255.255", "x.local"),
  ),
  port: fc.oneof(fc.integer({ min: -2, max: 70_000 }), fc.constant(4000)),
  protocol: fc.constantFrom("udp", "UDP", "tcp", "sctp", ""),
  priority: fc.option(fc.nat(0xffff_ffff)),
  tcpType: fc.option(fc.constantFrom("passive", "active", "so")),
});

Deno.test("of any offer each address is tried or refused at most once, UDP first and by priority", () => {
  fc.assert(fc.property(fc.array(candidate, { maxLength: 60 }), (offered) => {
    const { tried, refused } = chooseCandidates(offered);
    assert(tried.length <= 32);
    assert(tried.length + refused.length <= offered.length);
    const labels = [...tried, ...refused].map(({ protocol, address, port }) =>
      `${protocol} ${address} ${port}`
    );
    assertEquals(new Set(labels).size, labels.length);
    for (const [i, one] of tried.entries()) {
      assert(one.port >= 1 && one.port <= 65_535);
      const next = tried[i + 1];
      if (next === undefined) break;
      assert(one.protocol === next.protocol || one.protocol === "udp");
      if (one.protocol === next.protocol) {
        assert(one.priority >= next.priority);
      }
    }
    // Either transport alone is what there is of it.
    for (const transport of ["udp", "tcp"] as const) {
      const alone = chooseCandidates(offered, transport).tried;
      assert(alone.every(({ protocol }) => protocol === transport));
    }
  }));
});

/** One search over a network that loses and delays; what became of it. */
function search(seed: number) {
  const random = createRandom(seed, "ice");
  const below = (count: number) => Math.floor(random() * count);
  const remote = { usernameFragment: "them", password: "p".repeat(24) };
  const lossRatio = random() * 0.9;
  const events: string[] = [];
  const nominations: number[] = [];
  const checks = new Map<IcePath, number[]>();
  const underWay: { readonly atMs: number; readonly bytes: Uint8Array }[] = [];
  let nowMs = 0;
  let numbers = 0;
  const agent = new IceAgent({
    remote,
    nextNomination: () => ++numbers,
    onNominated: () => events.push("nominated"),
    onExhausted: () => events.push("exhausted"),
    onSilent: (isSilent) => events.push(isSilent ? "silent" : "heard"),
    onExpired: () => events.push("expired"),
    random,
  });
  const paths = Array.from({ length: 1 + below(5) }, () => {
    const fate = random();
    const isAlive = fate < 0.6;
    const opens = fate < 0.85;
    const rttMs = 1 + below(400);
    const path: IcePath = {
      priority: below(3),
      isFallback: below(4) === 0,
      open: () =>
        opens
          ? agent.opened(path, nowMs)
          : agent.failed(path, "no route", nowMs),
      send: (bytes) => {
        checks.get(path)?.push(nowMs);
        const request = parseStun(bytes, remote.password);
        assert(request !== undefined);
        if (request.nomination !== undefined) {
          nominations.push(request.nomination);
        }
        if (!isAlive || random() < lossRatio) return;
        const from = { address: "192.0.2.1", port: 1 };
        const answer = bindingResponse(
          request.transaction,
          from,
          remote.password,
        );
        const atMs = nowMs + rttMs;
        underWay.push({ atMs, bytes: answer });
        // Some networks repeat.
        if (below(5) === 0) underWay.push({ atMs: atMs + 3, bytes: answer });
      },
    };
    checks.set(path, []);
    agent.add(path);
    return { path, isAlive };
  });
  let dueMs = agent.dueMs;
  let turns = 0;
  while (nowMs < 60_000 && !events.includes("exhausted")) {
    assert(++turns < 10_000, "it asks to be told of the time all the time");
    underWay.sort((a, b) => a.atMs - b.atMs);
    const arrival = underWay[0]?.atMs ?? Infinity;
    const nextMs = Math.min(dueMs, arrival);
    if (nextMs > 60_000) break;
    nowMs = Math.max(nowMs, nextMs);
    if (arrival <= dueMs) {
      agent.receive(underWay.shift()!.bytes, nowMs);
      dueMs = agent.dueMs;
    } else dueMs = agent.tick(nowMs);
  }
  agent.close();
  return { events, nominations, checks, paths, lossRatio };
}

Deno.test("over any network a search ends in one way, and asks nobody too often", () => {
  let nominated = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const { events, nominations, checks, paths } = search(seed);
    const of = (event: string) => events.filter((one) => one === event).length;
    const ends = of("nominated") + of("exhausted");
    assert(ends <= 1, `seed ${seed}: ${events}`);
    nominated += of("nominated");
    // Nobody answers who is dead.
    if (paths.every(({ isAlive }) => !isAlive)) {
      assertEquals(of("nominated"), 0);
    }
    // Silence is told before its end, and never twice in a row.
    const silences = events.filter((one) =>
      one === "silent" || one === "heard"
    );
    for (const [i, one] of silences.entries()) {
      assertEquals(one, i % 2 === 0 ? "silent" : "heard");
    }
    assert(of("expired") <= of("nominated"));
    // A server follows only to larger numbers.
    for (const [i, number] of nominations.entries()) {
      if (i > 0) assert(number >= nominations[i - 1], `seed ${seed}`);
    }
    for (const times of checks.values()) {
      // They begin 100 ms apart, and a nomination and a consent may each add one.
      for (let i = 3; i < times.length; i++) {
        assert(times[i] - times[i - 3] >= 100, `seed ${seed}: ${times}`);
      }
      assert(times.length < 120, `seed ${seed}: ${times.length} checks`);
    }
  }
  assert(nominated > 100, `${nominated} of 300 found a path`);
});
