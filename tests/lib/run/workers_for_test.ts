import { assertEquals } from "@std/assert";
import { workersFor } from "../../../lib/run/mod.ts";

Deno.test.each(
  [
    { clients: 0, cores: 8, engine: null, want: 1, why: "there is always one" },
    {
      clients: 1,
      cores: 8,
      engine: null,
      want: 1,
      why: "one has enough to do",
    },
    { clients: 100, cores: 8, engine: null, want: 1, why: "a hundred fit" },
    { clients: 101, cores: 8, engine: null, want: 2, why: "one more does not" },
    { clients: 450, cores: 8, engine: null, want: 5, why: "a part is a whole" },
    { clients: 800, cores: 8, engine: null, want: 8, why: "each core has one" },
    { clients: 9999, cores: 8, engine: null, want: 8, why: "no core has two" },
    {
      clients: 9999,
      cores: 1,
      engine: null,
      want: 1,
      why: "there is only one",
    },
    {
      clients: 9999,
      cores: 8,
      engine: "werift",
      want: 7,
      why: "the server needs one",
    },
    {
      clients: 150,
      cores: 8,
      engine: "mediasoup",
      want: 2,
      why: "there is one left for the server",
    },
    {
      clients: 9999,
      cores: 2,
      engine: "mediasoup",
      want: 1,
      why: "the other is the server's",
    },
    {
      clients: 9999,
      cores: 1,
      engine: "werift",
      want: 1,
      why: "somebody has to",
    },
  ] as const,
)(
  "$clients clients on $cores cores beside $engine have $want threads: $why",
  ({ clients, cores, engine, want }) => {
    assertEquals(workersFor(clients, engine, cores), want);
  },
);
