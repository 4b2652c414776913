import { assertEquals } from "@std/assert";
import {
  mostFrequent,
  ofClients,
  percent,
} from "../../../../lib/metrics/judgement/words.ts";

Deno.test.each([
  { share: 0, is: "0 %", why: "nothing" },
  { share: -0, is: "0 %", why: "nothing has no sign" },
  { share: 1, is: "100 %", why: "all" },
  { share: 2, is: "200 %", why: "twice, exactly" },
  { share: 0.5, is: "50.0 %", why: "half" },
  { share: 1e-9, is: "0.1 %", why: "next to nothing is not nothing" },
  { share: 0.0004, is: "0.1 %", why: "what would be rounded to nothing" },
  { share: 0.0016, is: "0.2 %", why: "the nearest tenth" },
  { share: 0.9994, is: "99.9 %", why: "the nearest tenth below all" },
  { share: 0.99999, is: "99.9 %", why: "almost all is not all" },
  { share: 1.5, is: "150.0 %", why: "more than all" },
  { share: 12.3456, is: "1234.6 %", why: "many times all" },
])("a share of $share is $is: $why", ({ share, is }) => {
  assertEquals(percent(share), is);
});

Deno.test.each([
  { part: 0, whole: 0, is: "0 of 0 clients" },
  { part: 0, whole: 1, is: "0 of 1 client" },
  { part: 1, whole: 1, is: "1 of 1 client" },
  { part: 1, whole: 2, is: "1 of 2 clients" },
])("clients are counted as people do: $is", ({ part, whole, is }) => {
  assertEquals(ofClients(part, whole), is);
});

Deno.test.each<{ texts: string[]; is: string | undefined; why: string }>([
  { texts: [], is: undefined, why: "none" },
  { texts: ["a"], is: "a", why: "one" },
  { texts: ["a", "b", "b"], is: "b", why: "the one that comes more often" },
  { texts: ["b", "a", "a", "b"], is: "b", why: "of equals the first" },
  {
    texts: ["x", "constructor", "constructor", "__proto__", "__proto__"],
    is: "constructor",
    why: "names that objects have",
  },
])("of texts the one that comes most often is told: $why", ({ texts, is }) => {
  assertEquals(mostFrequent(texts), is);
});
