import { assertEquals } from "@std/assert";
import {
  type CandidateCount,
  mergeCandidates,
} from "../../../lib/metrics/mod.ts";

const TAKEN: CandidateCount = {
  protocol: "udp",
  address: "192.0.2.1",
  family: "IPv4",
  problem: null,
  clients: 3,
};
const DEAD: CandidateCount = {
  ...TAKEN,
  address: "192.0.2.9",
  problem: "no answer",
  clients: 9,
};
const TCP: CandidateCount = { ...TAKEN, protocol: "tcp", clients: 5 };

Deno.test("clients of several nodes add up by address and what came of it, those taken first", () => {
  const other = { ...DEAD, problem: "no route" };
  assertEquals(mergeCandidates([DEAD, TAKEN], [TAKEN, TCP, other]), [
    { ...TAKEN, clients: 6 },
    TCP,
    DEAD,
    other,
  ]);
});

Deno.test("in which order nodes are put together changes nothing", () => {
  const [a, b, c] = [[TAKEN, DEAD], [DEAD, TCP], [TAKEN]];
  const whole = mergeCandidates(mergeCandidates(a, b), c);
  assertEquals(mergeCandidates(a, mergeCandidates(b, c)), whole);
  assertEquals(mergeCandidates(mergeCandidates(c, b), a), whole);
  assertEquals(mergeCandidates(whole, []), whole);
});
