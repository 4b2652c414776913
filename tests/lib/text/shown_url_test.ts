import { assertEquals } from "@std/assert";
import { shownText, shownUrl } from "../../../lib/text/mod.ts";

const CASES: readonly {
  readonly why: string;
  readonly url: string;
  readonly shown: string;
}[] = [
  {
    why: "user and password go",
    url: "wss://me:secret@sfu.example:8443/ws",
    shown: "wss://sfu.example:8443/ws",
  },
  {
    why: "values of the query are hidden, names stay",
    url: "ws://h/ws?token=secret&v=2",
    shown: "ws://h/ws?token=***&v=***",
  },
  {
    why: "a value without a name is a value",
    url: "ws://h/ws?secret",
    shown: "ws://h/ws?***",
  },
  {
    why: "a fragment goes",
    url: "https://h/a#secret",
    shown: "https://h/a",
  },
  {
    why: "a password may hold an @",
    url: "http://me:p@ss@h/x",
    shown: "http://h/x",
  },
  { why: "IPv6 stays", url: "ws://[::1]:3000/ws", shown: "ws://[::1]:3000/ws" },
  {
    why: "a path stays as it was typed",
    url: "ws://h/a%20b/../c",
    shown: "ws://h/a%20b/../c",
  },
  {
    why: "no URL, and yet a password",
    url: "http://me:secret@/ws",
    shown: "http:///ws",
  },
  {
    why: "values of a path's parameters are hidden",
    url: "ws://h/ws;jsessionid=secret/b;v=1;x?c",
    shown: "ws://h/ws;jsessionid=***/b;v=***;x?***",
  },
  {
    why: "a scheme that lost its colon",
    url: "wss//me:secret@h/ws",
    shown: "wss//h/ws",
  },
  {
    why: "a scheme that lost a slash",
    url: "wss:/me:secret@h/a@b",
    shown: "wss:/h/b",
  },
  {
    why: "a proxy without a scheme",
    url: "me:secret@proxy:3128",
    shown: "proxy:3128",
  },
];

Deno.test.each(CASES)("a URL is shown without secrets: $why", ({
  url,
  shown,
}) => {
  assertEquals(shownUrl(url), shown);
});

Deno.test("a long word is gone through in no time, and a URL behind it is found", () => {
  const word = "a".repeat(300_000);
  assertEquals(shownText(word), word);
  assertEquals(shownText(`${word}://me:secret@h`), `${word}://h`);
});

Deno.test("every URL within a text loses its secrets, and the text around it stays", () => {
  assertEquals(
    shownText(
      `"ws://a:secret@h/ws?k=secret" and (https://b:sec'ret@i/): no route. Is it ws://j?`,
    ),
    `"ws://h/ws?k=***" and (https://i/): no route. Is it ws://j?`,
  );
});
