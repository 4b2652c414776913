import { assertEquals } from "@std/assert";
import {
  ACCESS_OPTIONS,
  accessRecord,
  readAccess,
} from "../../../cli/commands/access.ts";
import { parseOptions } from "../../../cli/commands/parse.ts";

const PEM = Deno.readTextFileSync(
  new URL("../../fixtures/tls/ca.pem", import.meta.url),
);
const DAMAGED =
  "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

function read(
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
) {
  const { values, mistakes } = parseOptions(ACCESS_OPTIONS, args);
  assertEquals(mistakes, []);
  return readAccess(values, {
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
