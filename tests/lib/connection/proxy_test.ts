import { assertEquals } from "@std/assert";
import { proxyFor, systemProxies } from "../../../lib/connection/mod.ts";

const EXEMPT: readonly {
  readonly why: string;
  readonly url: string;
  readonly exempt: string;
  readonly through: boolean;
}[] = [
  { why: "nobody", url: "ws://a.example/", exempt: "", through: true },
  { why: "everybody", url: "ws://a.example/", exempt: "*", through: false },
  {
    why: "a host",
    url: "ws://a.example/",
    exempt: "b.example, A.Example",
    through: false,
  },
  {
    why: "a domain's hosts",
    url: "ws://a.b.example/",
    exempt: "b.example",
    through: false,
  },
  {
    why: "a domain with its dot",
    url: "ws://b.example/",
    exempt: ".b.example",
    through: false,
  },
  {
    why: "not what only ends alike",
    url: "ws://ab.example/",
    exempt: "b.example",
    through: true,
  },
  {
    why: "a port",
    url: "ws://a.example:81/",
    exempt: "a.example:81",
    through: false,
  },
  {
    why: "not another port",
    url: "ws://a.example/",
    exempt: "a.example:81",
    through: true,
  },
  {
    why: "the scheme's own port",
    url: "wss://a.example/",
    exempt: "a.example:443",
    through: false,
  },
  {
    why: "a network",
    url: "ws://10.1.2.3/",
    exempt: "10.0.0.0/8",
    through: false,
  },
  {
    why: "not another network",
    url: "ws://11.1.2.3/",
    exempt: "10.0.0.0/8",
    through: true,
  },
  {
    why: "IPv6",
    url: "ws://[::1]:3000/",
    exempt: "::1",
    through: false,
  },
  {
    why: "IPv6 with a port",
    url: "ws://[::1]:3000/",
    exempt: "[::1]:3000",
    through: false,
  },
  {
    why: "a network of IPv6",
    url: "ws://[fd00::1]/",
    exempt: "fd00::/8",
    through: false,
  },
];

Deno.test.each(EXEMPT)("NO_PROXY exempts $why", ({ url, exempt, through }) => {
  const proxies = { http: "http://p:1", https: "http://p:1", exempt };
  assertEquals(proxyFor(new URL(url), proxies) !== undefined, through);
});

Deno.test("each scheme has its proxy, and small letters go before capitals", () => {
  const variables: Record<string, string> = {
    HTTPS_PROXY: "http://secure:1",
    HTTP_PROXY: "http://capital:1",
    http_proxy: "http://small:1",
  };
  const proxies = systemProxies((name) => variables[name])!;
  const through = (url: string) => proxyFor(new URL(url), proxies);
  assertEquals(through("wss://h/"), "http://secure:1");
  assertEquals(through("https://h/"), "http://secure:1");
  assertEquals(through("ws://h/"), "http://small:1");
  assertEquals(systemProxies(() => undefined), undefined);
});
