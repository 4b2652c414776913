/** Agents at a real broker: who gets in, who does not, and what becomes of runs when it goes. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { nkeys } from "npm:@nats-io/transport-node@3.4.0";
import { type Agents, openAgents } from "../../lib/agents/mod.ts";
import { ClaimedAgent } from "../../lib/agents/claimed_agent.ts";
import { AgentHost } from "../../lib/agents/agent_host.ts";
import { VERSION } from "../../version.ts";
import { listAgents, serveAgent } from "../../lib/run/mod.ts";
import { type BrokerAccess, NatsLink } from "../../lib/agents/link/mod.ts";
import { subjectsOf } from "../../lib/agents/protocol/mod.ts";
import { systemNodeClock } from "../../lib/load/mod.ts";
import { CountingNode } from "../lib/agents/counting_node.ts";
import { Broker, noNats } from "./nats_box.ts";

const ignore = await noNats();

type Who = Omit<Partial<BrokerAccess>, "url"> & { readonly user?: string };

function accessTo(broker: Broker, { user, ...who }: Who): BrokerAccess {
  const url = new URL(broker.url);
  if (user !== undefined) [url.username, url.password] = user.split(":");
  return { url: url.href, isInsecure: false, ...who };
}

const [KEY, OTHER_KEY] = [nkeys.createUser(), nkeys.createUser()];
const seedOf = (key: typeof KEY) => new TextDecoder().decode(key.getSeed());
const TLS = (name: string) =>
  Deno.readTextFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url));

type Key = ReturnType<typeof nkeys.createUser>;

/** A token of NATS, as its own tools sign them: who it is about, and what that may do. */
function jwt(signer: Key, about: Key, type: string, claims: object): string {
  const base64 = (bytes: Uint8Array) =>
    bytes.toBase64({ alphabet: "base64url", omitPadding: true });
  const json = (value: object) =>
    base64(new TextEncoder().encode(JSON.stringify(value)));
  const payload = {
    ...{ jti: crypto.randomUUID(), iat: 1_700_000_000, name: type },
    ...{ iss: signer.getPublicKey(), sub: about.getPublicKey() },
    nats: { ...claims, type, version: 2 },
  };
  const signed = `${json({ typ: "JWT", alg: "ed25519-nkey" })}.${
    json(payload)
  }`;
  return `${signed}.${base64(signer.sign(new TextEncoder().encode(signed)))}`;
}

/** A broker of one account, credentials of a user of it, and those of one whom somebody else let in. */
function accountsConfig(): {
  readonly config: string;
  readonly right: Who;
  readonly wrong: Who;
} {
  const [operator, account, stranger, user] = [
    nkeys.createOperator(),
    nkeys.createAccount(),
    nkeys.createAccount(),
    nkeys.createUser(),
  ];
  const all = { subs: -1, data: -1, payload: -1 };
  const limits = {
    ...all,
    imports: -1,
    exports: -1,
    conn: -1,
    leaf: -1,
    wildcards: true,
  };
  const accountJwt = jwt(operator, account, "account", { limits });
  const credsBy = (signer: Key) =>
    `-----BEGIN NATS USER JWT-----
${jwt(signer, user, "user", { ...all, pub: {}, sub: {} })}
------END NATS USER JWT------

-----BEGIN USER NKEY SEED-----
${seedOf(user)}
------END USER NKEY SEED------
`;
  return {
    config: `operator: ${jwt(operator, operator, "operator", {})}
resolver: MEMORY
resolver_preload: { ${account.getPublicKey()}: ${accountJwt} }`,
    right: { creds: credsBy(account) },
    wrong: { creds: credsBy(stranger) },
  };
}

const GUARDED: readonly {
  readonly by: string;
  readonly config: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly right: Who;
  readonly wrong: Who;
  readonly says: RegExp;
}[] = [
  {
    by: "a token",
    config: `authorization { token: "s3cret" }`,
    right: { token: "s3cret" },
    wrong: { token: "guess" },
    says:
      /^Cannot use the broker nats:\/\/127\.0\.0\.1:\d+: it does not know us\. Check RTCROWD_BROKER_TOKEN/,
  },
  {
    by: "a user and a password",
    config: `authorization { user: me, password: s3cret }`,
    right: { user: "me:s3cret" },
    wrong: { user: "me:guess" },
    says: /: it does not know us\./,
  },
  {
    by: "an NKEY",
    config: `authorization { users: [ { nkey: ${KEY.getPublicKey()} } ] }`,
    right: { nkey: `${seedOf(KEY)}\n` },
    wrong: { nkey: seedOf(OTHER_KEY) },
    says: /: it does not know us\./,
  },
  {
    by: "accounts, whose users have credentials",
    ...accountsConfig(),
    says: /: it does not know us\. Check .*_CREDS/,
  },
  {
    by: "TLS by a CA of its own",
    config: `tls { cert_file: "@/server.pem", key_file: "@/server.key" }`,
    files: {
      "server.pem": TLS("localhost.pem"),
      "server.key": TLS("localhost.key.pem"),
    },
    right: { ca: TLS("ca.pem") },
    wrong: {},
    says: /: .*certificate/i,
  },
];

Deno.test.each(GUARDED)(
  "a broker guarded by $by lets in whom it knows, and tells others why not",
  { ignore },
  async ({ config, files, right, wrong, says }) => {
    await using broker = await Broker.start(config, files);
    const meeting = (who: Who) => ({
      broker: accessTo(broker, who),
      group: "default",
    });
    assertEquals(await listAgents(meeting(right)), []);
    const { message } = await assertRejects(
      () => listAgents(meeting(wrong)),
      Error,
    );
    assertMatch(message, says);
    assert(!message.includes("guess") && !message.includes("\n"), message);
  },
);

/** The broker's configuration that the README shows, for two agents. */
function permissionsShown(): string {
  const readme = Deno.readTextFileSync(
    new URL("../../README.md", import.meta.url),
  );
  const [, users] = readme.match(
    /^authorization \{ users: \[\n([^`]*)^\] \}$/m,
  )!;
  const [, ofA1] = users.match(/( *\{ user: a1,[^]*)/)!;
  const ofA2 = ofA1.replaceAll("a1", "a2").replaceAll("A1", "A2");
  return `authorization { users: [\n${users}${ofA2}
  { user: nobody, password: n, permissions: {
      subscribe: ["_INBOX.>"], publish: ["elsewhere"] } }
] }`;
}

function startGuarded(): Promise<Broker> {
  return Broker.start(permissionsShown(), {}, "127.0.0.1", {
    ...{ RUN_PASSWORD: "run-s3cret", A1_PASSWORD: "a1-s3cret" },
    A2_PASSWORD: "a2-s3cret",
  });
}

function hostAt(link: NatsLink, id: string): AgentHost {
  return new AgentHost({
    link,
    ...{ group: "default", id, epoch: "e1" },
    machine: { host: "there", cores: 2, memoryBytes: null },
    clock: systemNodeClock,
    openNode: (name, handlers) =>
      new CountingNode(name, systemNodeClock, Math.random, handlers),
  });
}

/** An agent at a broker, and the coordinator's end of it. */
async function claimAt(
  broker: Broker,
  agent: Who,
  coordinator: Who,
): Promise<{ readonly claimed: ClaimedAgent } & AsyncDisposable> {
  const there = await NatsLink.connect(
    accessTo(broker, agent),
    ...["agent", "agent.a1"] as const,
  );
  const here = await NatsLink.connect(accessTo(broker, coordinator), "run");
  const host = hostAt(there, "a1");
  await there.settle();
  const claimed = new ClaimedAgent({
    link: here,
    ...{ group: "default", id: "a1", run: "r1", by: "me" },
    clock: systemNodeClock,
  });
  return {
    claimed,
    async [Symbol.asyncDispose]() {
      await claimed.release();
      claimed.forget();
      await host[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
      await there[Symbol.asyncDispose]();
    },
  };
}

Deno.test({
  name:
    "agents and coordinators need no more permissions than these, and who has fewer hears which",
  ignore,
  async fn() {
    await using broker = await startGuarded();
    await using pair = await claimAt(
      broker,
      { user: "a1:a1-s3cret" },
      { user: "run:run-s3cret" },
    );
    assertEquals((await pair.claimed.claim()).id, "a1");
    await pair.claimed.do({
      type: "prepare",
      plan: {
        ...{ node: "agent-0", server: { url: "ws://sfu.example/" } },
        ...{ seed: 1, datapath: {} },
      },
    });
    await pair.claimed.do({ type: "begin", startedAtMs: Date.now() });
    await pair.claimed.do({ type: "stop", withinMs: 1000 });
    const meeting = {
      broker: accessTo(broker, { user: "nobody:n" }),
      group: "default",
    };
    await assertRejects(
      () => listAgents(meeting),
      Error,
      "it does not allow publish rtcrowd.1.default.hello. Give its user that permission.",
    );
    const { signal } = new AbortController();
    await assertRejects(
      () =>
        serveAgent({
          ...meeting,
          ...{ name: "a2", threads: 1, signal, onNote() {} },
        }),
      Error,
      "it does not allow ",
    );
  },
});

Deno.test({
  name:
    "with these permissions no agent reads what another is told, or reports or answers in its name",
  ignore,
  async fn() {
    await using broker = await startGuarded();
    const run = { user: "run:run-s3cret" };
    await using pair = await claimAt(broker, { user: "a1:a1-s3cret" }, run);
    const { epoch } = await pair.claimed.claim();
    const lost: string[] = [];
    pair.claimed.listen({
      ...{ onSnapshot() {}, onEvent() {}, onLate() {}, onBack() {} },
      onLost: (reason) => lost.push(reason),
    });
    const { agent, hello, up } = subjectsOf("default");
    const who = { user: "a2:a2-s3cret" };
    const read: string[] = [];
    for (
      const subject of [agent("a1"), agent("*"), "_INBOX.>", "_INBOX.run.>"]
    ) {
      await using other = await NatsLink.connect(
        accessTo(broker, who),
        ...["a2", "agent.a2"] as const,
      );
      other.serve(subject, (text) => {
        read.push(text);
        return undefined;
      });
      await other.settle();
      assertEquals(other.forbidden, `subscription ${subject}`);
      await pair.claimed.do({ type: "ping" });
    }
    const died = { type: "died", reason: "says another" };
    const report = JSON.stringify({
      ...{ run: "r1", epoch, firstEvent: 0, events: [died], snapshot: null },
    });
    const order = JSON.stringify({
      ...{ run: "r1", number: 2, body: { type: "release" } },
    });
    for (
      const [subject, text] of [
        [up("r1", "a1"), report],
        [agent("a1"), order],
        [hello, ""],
      ]
    ) {
      await using other = await NatsLink.connect(
        accessTo(broker, who),
        ...["a2", "agent.a2"] as const,
      );
      await assertRejects(
        () => other.request(subject, text, 1_000),
        Error,
        `the broker does not let us publish ${subject}`,
      );
    }
    await pair.claimed.do({ type: "ping" });
    assertEquals([read, lost], [[], []]);
    // Under its own name it may, where it is asked.
    const own = serveAgent({
      broker: accessTo(broker, who),
      ...{ group: "default", name: "a2", threads: 1, onNote() {} },
      signal: AbortSignal.timeout(700),
    });
    const meeting = { broker: accessTo(broker, run), group: "default" };
    let names: string[] = [];
    while (names.length < 2) {
      names = (await listAgents(meeting)).map(({ id }) => id);
    }
    assertEquals(names, ["a1", "a2"]);
    await own;
    const { signal } = new AbortController();
    await assertRejects(
      () =>
        serveAgent({
          broker: accessTo(broker, who),
          ...{ group: "default", name: "a3", threads: 1, signal, onNote() {} },
        }),
      Error,
      "it does not allow ",
    );
  },
});

Deno.test({
  name: "what is longer than a broker takes goes in parts, both ways at once",
  ignore,
  async fn() {
    await using broker = await Broker.start("max_payload: 20000");
    const access = accessTo(broker, {});
    await using a = await NatsLink.connect(access, "a");
    await using b = await NatsLink.connect(access, "b");
    b.serve("length", (text) => `${text.length} ${text.slice(-3)}`);
    await b.settle();
    const long = (end: string) => "zwölf ".repeat(50_000) + end;
    assertEquals(
      await Promise.all([
        a.request("length", long("one"), 5000),
        b.request("length", long("two"), 5000),
        a.request("length", "short", 5000),
      ]),
      ["300003 one", "300003 two", "5 ort"],
    );
  },
});

Deno.test({
  name:
    "a broker that is killed and comes back loses nobody, and an agent that is gone is known to be",
  ignore,
  async fn() {
    await using broker = await Broker.start();
    await using pair = await claimAt(broker, {}, {});
    const heard: string[] = [];
    pair.claimed.listen({
      ...{ onSnapshot() {}, onEvent() {}, onLate() {}, onBack() {} },
      onLost: (reason) => heard.push(reason),
    });
    await pair.claimed.claim();
    await broker.down();
    const asked = pair.claimed.do({ type: "ping" });
    await new Promise((next) => setTimeout(next, 2_000));
    await broker.up();
    await asked;
    assertEquals(heard, []);
    await using other = await NatsLink.connect(accessTo(broker, {}), "other");
    const { failure } = await assertRejects(
      () => other.request(subjectsOf("default").agent("a9"), "", 2_000),
    ) as { failure?: string };
    assertEquals(failure, "nobody");
  },
});

Deno.test({
  name:
    "a second agent of a name is refused, and so is one that anybody could use",
  ignore,
  async fn() {
    await using broker = await Broker.start();
    const { signal } = new AbortController();
    const agent = (url: string) =>
      serveAgent({
        broker: { url, isInsecure: false },
        ...{ group: "default", name: "a1", threads: 1, signal, onNote() {} },
      });
    await using _pair = await claimAt(broker, {}, {});
    await assertRejects(
      () => agent(broker.url),
      Error,
      "Cannot be an agent: a1 is there already. Take another --name.",
    );
    await assertRejects(
      () => agent("nats://broker.example:4222"),
      Error,
      "Cannot be an agent at nats://broker.example:4222: anybody could have it load a server.",
    );
  },
});

const OLDER = "0.0.1-of-a-test";

Deno.test({
  name: "an agent of another version is not claimed, and is named with it",
  ignore,
  async fn() {
    await using broker = await Broker.start();
    await using older = await NatsLink.connect(accessTo(broker, {}), "older");
    const card = {
      ...{ id: "a9", host: "there", epoch: "e9", version: OLDER, protocol: 1 },
      ...{ cores: 2, memoryBytes: null, by: null, sinceMs: null },
    };
    older.serve(subjectsOf("default").hello, () => JSON.stringify(card));
    await older.settle();
    await assertRejects(
      () => openAt(broker, 1),
      Error,
      `: 0 are free, a9 has ${OLDER} and this is ${VERSION}. `,
    );
  },
});

/** Gets agents as a run does. */
function openAt(broker: Broker, count: number): Promise<Agents> {
  return openAgents({
    choice: {
      ...{ kind: "broker", broker: accessTo(broker, {}), group: "default" },
      ...{ count, waitMs: 0 },
    },
    ...{ threads: 1, isSecret: false },
  });
}

Deno.test.each([
  { there: 2, each: 2, why: "there are enough for one" },
  { there: 3, each: 2, why: "both want one of them" },
  { there: 4, each: 3, why: "two of them" },
])(
  "of two coordinators that want $each of $there agents at once, one has them all and the other hears who has them: $why",
  { ignore },
  async ({ there, each }) => {
    await using broker = await Broker.start();
    await using agents = new AsyncDisposableStack();
    for (let i = 0; i < there; i++) {
      const link = agents.use(
        await NatsLink.connect(accessTo(broker, {}), `agent ${i}`),
      );
      agents.use(hostAt(link, `a${i}`));
      await link.settle();
    }
    const outcomes = await Promise.allSettled([
      openAt(broker, each),
      openAt(broker, each),
    ]);
    const opened = outcomes.flatMap((one) =>
      one.status === "fulfilled" ? [one.value] : []
    );
    const said = outcomes.flatMap((one) =>
      one.status === "rejected" ? [one.reason.message] : []
    );
    for (const one of opened) await one[Symbol.asyncDispose]();
    assertEquals([opened.length, said.length], [1, 1]);
    assertMatch(
      said[0],
      /^Cannot use .*\bprocess \d+ (has had it )?for \d+ s\b.*\.$/,
    );
    // Who did not get all of them has none.
    await using _next = await openAt(broker, there);
  },
);
