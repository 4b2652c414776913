import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  ACCESS_OPTIONS,
  accessRecord,
  readAccess,
} from "../../../../cli/commands/options/access.ts";
import { parseOptions } from "../../../../cli/commands/options/parse.ts";

const PEM = Deno.readTextFileSync(
  new URL("../../../fixtures/tls/ca.pem", import.meta.url),
);
const DAMAGED =
  "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

function read(
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
  server: string | null = "ws://h/ws",
) {
  const { values, mistakes } = parseOptions(ACCESS_OPTIONS, args);
  assertEquals(mistakes, []);
  return readAccess({ ...values, server: server ?? undefined }, {
    env: (name) => env[name],
    readFile: (path) =>
      path in files
        ? Promise.resolve(files[path])
        : Promise.reject(new Deno.errors.NotFound("no such file")),
  });
}

async function accessOf(...given: Parameters<typeof read>) {
  const way = await read(...given);
  if ("mistakes" in way) throw new Error(way.mistakes.join(" "));
  return way.access;
}

Deno.test("secrets come from options, files or the environment, and a word before a file before that", async () => {
  const env = { RTCROWD_TOKEN: "envtoken", RTCROWD_PASSWORD: "envpass" };
  const files = { t: "filetoken\n", p: "filepass\n" };
  const all = await Promise.all([
    accessOf([], files, env),
    accessOf(["--token-file=t", "--password-file=p"], files, env),
    accessOf(["--token=typed", "--password=typed too"], files, env),
    accessOf([]),
  ]);
  assertEquals(all.map(({ token, password }) => [token, password]), [
    ["envtoken", "envpass"],
    ["filetoken", "filepass"],
    ["typed", "typed too"],
    [undefined, undefined],
  ]);
});

Deno.test("headers are taken with or without a space, and from files", async () => {
  const { connection } = await accessOf([
    "--header=Origin: https://chat.example",
    "--header=X-Key:@k",
    "--header=Cookie:a=b",
  ], { k: "value of k\n" });
  assertEquals(connection?.headers, [
    ["Origin", "https://chat.example"],
    ["X-Key", "value of k"],
    ["Cookie", "a=b"],
  ]);
});

Deno.test("several files of certificates are one text, and proxies come from the environment", async () => {
  const { connection } = await accessOf(
    ["--ca=one", "--ca=two", "--insecure"],
    { one: PEM, two: PEM },
    { HTTPS_PROXY: "http://p:1", NO_PROXY: "h" },
  );
  assertEquals(connection, {
    ca: `${PEM}\n${PEM}`,
    insecure: true,
    headers: [],
    proxies: { http: undefined, https: "http://p:1", exempt: "h" },
  });
});

const WRONG: readonly { readonly args: string[]; readonly said: string }[] = [
  {
    args: ["--token=a", "--token-file=t"],
    said: "--token, --token-file: they exclude each other, leave one out.",
  },
  {
    args: ["--password-file=missing"],
    said: `--password-file: cannot read "missing": there is no such file.`,
  },
  { args: ["--token-file=empty"], said: `--token-file: "empty" is empty.` },
  { args: ["--ca=t"], said: `--ca: "t" holds no certificate (PEM).` },
  { args: ["--ca=empty"], said: `--ca: "empty" holds no certificate (PEM).` },
  {
    args: ["--ca=damaged"],
    said: `--ca: "damaged" holds a certificate that cannot be read, number 2.`,
  },
];

Deno.test.each(WRONG)("what cannot be is told in a line: $said", async ({
  args,
  said,
}) => {
  assertEquals(
    await read(args, {
      t: "x",
      empty: "\n",
      damaged: `# one of ours\r\n${PEM}${DAMAGED}`,
    }),
    { mistakes: [said] },
  );
});

Deno.test.each([{ given: "--header=none" }, { given: "--ca=" }])(
  "where $given cannot be read, what else is wrong is told all the same",
  async ({ given }) => {
    const args = [given, "--token-file=nowhere"];
    const { values, mistakes } = parseOptions(ACCESS_OPTIONS, args);
    assertEquals(mistakes.length, 1);
    const way = await readAccess(values, {
      env: () => undefined,
      readFile: () => Promise.reject(new Deno.errors.NotFound("none")),
    });
    assertStringIncludes(String("mistakes" in way && way.mistakes), "nowhere");
  },
);

Deno.test("a header that is none is refused without being repeated", () => {
  for (
    const given of [
      "nothing",
      "Na me: v",
      "X-Key:",
      "X: a\u0007b",
      "Upgrade: h2c",
      "content-length: 5",
      "Sec-WebSocket-Key: k",
    ]
  ) {
    const { mistakes } = parseOptions(ACCESS_OPTIONS, [`--header=${given}`]);
    assertEquals(mistakes, [
      `--header: it takes a header such as "Origin: https://chat.example", none of the connection's own.`,
    ]);
  }
});

Deno.test("the record holds names, and nothing that is secret", async () => {
  const access = await accessOf(["--token=sesame", "--header=X-Key: sesame"]);
  assertEquals(accessRecord(access), {
    token: true,
    password: false,
    headers: ["X-Key"],
    insecure: false,
  });
});

Deno.test("an adapter is found from where we are, by a path or a URL, with what it is told", async () => {
  const file = "tests/e2e/own_adapter.ts";
  const url = new URL(file, `file://${Deno.cwd()}/`).href;
  for (const given of [`./${file}`, file, url]) {
    const { signaling } = await accessOf(
      [
        `--signaling=${given}`,
        "--signaling-option=prefix=a=b",
        "--signaling-option=key=sesame",
      ],
      {},
      {},
      "ws://h/ws",
    );
    assertEquals(signaling, {
      module: url,
      options: { prefix: "a=b", key: "sesame" },
    });
    assertEquals(accessRecord({ signaling }).signaling, url);
  }
  const { signaling } = await accessOf(["--signaling=simplestchat"]);
  assertEquals(signaling, undefined);
});

Deno.test.each([
  {
    given: ["--signaling=smoke"],
    says:
      '--signaling: there is no protocol "smoke"; there are simplestchat, protoo, and files such as ./my_adapter.ts.',
  },
  {
    given: ["--signaling=./version.ts"],
    says: "has no adapter: its default export is no function.",
  },
  { given: ["--signaling=./nowhere.ts"], says: "--signaling: cannot load " },
  {
    given: ["--signaling-option=a=b"],
    says: "--signaling: simplestchat has no options.",
  },
])("$given is refused in a line", async ({ given, says }) => {
  const way = await read(given);
  const { mistakes } = way as { mistakes: string[] };
  assertEquals(mistakes.length, 1);
  assertStringIncludes(mistakes[0], says);
});

Deno.test.each([
  "--signaling=./tests/e2e/own_adapter.ts",
  "--header=a:b",
  "--insecure",
  "--password=p",
])("%s needs a server that is there", async (given) => {
  const [option] = given.split("=");
  assertEquals(await read([given], {}, {}, null), {
    mistakes: [`${option}: it needs a server, give it with --server URL.`],
  });
});

Deno.test("a token of the environment may be there where it is of no use", async () => {
  const way = await read([], {}, { RTCROWD_TOKEN: "t" }, null);
  assertEquals("access" in way && way.access.token, "t");
});
