import { assertEquals } from "@std/assert";
import { CandidateBook } from "../../../../lib/load/node/candidate_book.ts";

const live = {
  protocol: "udp",
  address: "127.0.0.1",
  isTaken: true,
  problem: undefined,
};
const dead = {
  protocol: "udp",
  address: "2001:db8::1",
  isTaken: false,
  problem: "no route",
};

Deno.test("a client counts once for each address, whichever of its transports took or tried it", () => {
  const book = new CandidateBook();
  const [a, b] = [{}, {}];
  book.note(a, [dead, live]);
  book.note(a, [dead, live]);
  book.note(b, [live, { ...dead, isTaken: false, problem: undefined }]);
  assertEquals(
    book.candidates.map((one) => [one.address, one.family, one.clients]),
    [["127.0.0.1", "IPv4", 2], ["2001:db8::1", "IPv6", 1]],
  );
});

Deno.test("a server that names another address for each transport fills no memory", () => {
  const book = new CandidateBook();
  const client = {};
  for (let i = 0; i < 5000; i++) {
    book.note(client, [{ ...live, address: `host-${i}.example` }]);
  }
  assertEquals(book.candidates.length, 50);
  assertEquals(book.candidates[0].family, "name");
});
