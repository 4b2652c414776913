import { assertEquals } from "@std/assert";
import {
  byName,
  type ClientRecord,
  worstClientsOf,
} from "../../../lib/metrics/mod.ts";
import { recordOf } from "./client.ts";

Deno.test("names are in the order in which people count", () => {
  assertEquals(
    ["room-10", "room-2", "hall", "room-1", "Hall-3"].toSorted(byName),
    ["hall", "Hall-3", "room-1", "room-2", "room-10"],
  );
});

Deno.test("the worst clients come first, those that are well not at all, and the rest are counted", () => {
  const silentFor = (shares: readonly number[]) =>
    worstClientsOf(
      shares.map((share, index) => client(index, share)),
      true,
    );
  const { clients, others, worstOther } = silentFor([
    0,
    0.5,
    ...Array(12).fill(0.2),
    0.9,
  ]);
  assertEquals(clients.map(({ clientId }) => clientId), [
    "client-14",
    "client-1",
    ...[2, 3, 4, 5, 6, 7, 8, 9].map((index) => `client-${index}`),
  ]);
  assertEquals([others, worstOther?.clientId], [4, "client-10"]);
  assertEquals(silentFor([0, 0, 0.005]), {
    clients: [],
    others: 0,
    worstOther: null,
  });
});

Deno.test("of whoever was hurt it says whose network was impaired: its own, or those in its room", () => {
  const hurt = (index: number, own: Partial<ClientRecord> = {}) => ({
    ...client(index, 0.5),
    ...own,
  });
  const { clients } = worstClientsOf([
    hurt(0),
    hurt(1, { impairment: "3g" }),
    hurt(2, { roomId: "b" }),
    hurt(3, { roomId: "c" }),
    hurt(4, { roomId: "c", impairment: "4g" }),
    hurt(5, { roomId: "c", impairment: "3g" }),
  ], true);
  const said = clients.map(({ reason }) => reason.split("; ").at(1));
  assertEquals(said, [
    "impaired in its room: client-1",
    "its network is impaired: 3g",
    undefined,
    "impaired in its room: client-4 and 1 more",
    "its network is impaired: 4g",
    "its network is impaired: 3g",
  ]);
});

function client(index: number, silentRatio: number): ClientRecord {
  return {
    ...recordOf(index),
    state: "left",
    connectionSuccessful: true,
    tracksDueMs: 10_000,
    tracksSilentMs: 10_000 * silentRatio,
  };
}
