import { assert, assertEquals, assertMatch } from "@std/assert";
import { Effects, type SessionEnd } from "../../../cli/session/effects.ts";
import type { Message } from "../../../cli/session/messages.ts";
import type { Model } from "../../../cli/session/model.ts";
import { update } from "../../../cli/session/update.ts";
import { History } from "../../../cli/terminal/mod.ts";
import { unpackRun } from "../../../lib/report/mod.ts";
import { fakeCrowd, type FakeCrowdOptions } from "../../../lib/testing/mod.ts";
import { logOf, SETTINGS, startingModel } from "./fixtures.ts";
import { TempFolder } from "../../temp_folder.ts";

/** A session in virtual time: lines go in, and what is done about them is done to a fake server. */
class Desk implements AsyncDisposable {
  readonly #fake;
  readonly #effects: Effects;
  readonly #ended = Promise.withResolvers<SessionEnd>();
  readonly exits: number[] = [];
  model: Model = startingModel({ audience: "plain" });
  end: SessionEnd | undefined;

  private constructor(options: FakeCrowdOptions, history: History) {
    this.#fake = fakeCrowd(options);
    this.#ended.promise.then((end) => this.end = end);
    this.#effects = new Effects({
      options: {
        server: { url: "ws://fake.invalid/ws" },
        embedded: undefined,
        clients: 0,
        settings: SETTINGS,
        seed: 1,
        transport: "auto",
        workers: 1,
        agents: undefined,
        thresholds: [],
        monitor: [],
        config: {},
      },
      history,
      ports: this.#fake.ports,
      dispatch: (message) => this.dispatch(message),
      model: () => this.model,
      onEnd: this.#ended.resolve,
      exit: (code) => this.exits.push(code),
    });
    this.#effects.open();
  }

  static async open(options: FakeCrowdOptions = {}): Promise<Desk> {
    const history = await History.open(undefined, {
      read: () => Promise.resolve(""),
      append: () => Promise.resolve(),
      replace: () => Promise.resolve(),
    });
    const desk = new Desk(options, history);
    await desk.until((model) => model.phase.name === "running");
    return desk;
  }

  get server() {
    return this.#fake.server;
  }

  get log(): string[] {
    return logOf(this.model);
  }

  dispatch(message: Message): void {
    const step = update(this.model, message, this.#fake.clock.nowMs());
    this.model = step.model;
    for (const effect of step.effects) {
      if (effect.type === "suspend" || effect.type === "redraw") continue;
      this.#effects.perform(effect);
    }
  }

  /** Says a line, and waits until it is done. */
  async say(text: string): Promise<void> {
    this.dispatch({ type: "line", text });
    await this.until(({ pending, queue }) => pending === 0 && queue.length < 1);
  }

  async until(isSo: (model: Model) => boolean): Promise<void> {
    for (let step = 0; !isSo(this.model); step++) {
      if (step === 2000) throw new Error(`never so: ${this.log.join("\n")}`);
      await this.#fake.clock.run(100);
      this.dispatch({ type: "tick" });
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.dispatch({ type: "interrupted", code: 130 });
    await this.until(() => this.end !== undefined);
  }
}

function connected({ live }: Model): number {
  return live.snapshot.gauges.clientsConnected ?? 0;
}

Deno.test("clients who are asked for come, do as they are told, and leave", async () => {
  await using desk = await Desk.open();
  await desk.say("spawn 3");
  await desk.until((model) => connected(model) === 3);
  await desk.say("rejoin 1");
  await desk.until(({ live }) => live.snapshot.counters.returnsByRejoin === 1);
  await desk.say("drop #2");
  await desk.until((model) => connected(model) === 2);
  await desk.say("report");
  assertMatch(desk.log.join("\n"), /3 clients/);
});

Deno.test("an expression has the crowd of scripts: the same clients as the verbs, and those whom it asks for", async () => {
  await using desk = await Desk.open();
  await desk.say("spawn 2");
  await desk.until((model) => connected(model) === 2);
  await desk.say("js crowd.clients.map((client) => client.id).join()");
  assertEquals(desk.log.at(-1), '"client-0,client-1"');
  await desk.say("js await crowd.join({ name: 'Anna', room: 'hall' })");
  assertEquals(
    desk.model.load.members.map(({ participantName }) => participantName),
    ["TestUser0", "TestUser1", "Anna"],
  );
  await desk.say("mute 2");
  await desk.say("js await crowd.clients[0].mute()");
  assertEquals(
    desk.model.load.members.map(({ silent }) => silent.join()),
    ["audio", "", "audio"],
  );
  await desk.say("js await crowd.clients[2].leave()");
  assertEquals(desk.model.load.members.length, 2);
  await desk.say("spawn 1");
  assertEquals(desk.model.load.members.at(-1)?.index, 3);
});

Deno.test("a line that cannot be done says why, and ends a program with its code", async () => {
  await using desk = await Desk.open();
  desk.dispatch({ type: "line", text: "js nothing.there" });
  await desk.until(() => desk.end !== undefined);
  assertEquals(desk.log.at(-1), "nothing is not defined");
  assertEquals([desk.end?.code, desk.end?.reason], [1, null]);
});

Deno.test("a summary is of what goes on, and the last one of all that there was", async () => {
  const desk = await Desk.open();
  await desk.say("spawn 2");
  await desk.until((model) => connected(model) === 2);
  await desk.until((model) => model.live.history.moments.length > 1);
  using temp = new TempFolder();
  const dir = temp.path;
  await desk.say(`save ${dir}/a.json`);
  const saved = JSON.parse(await Deno.readTextFile(`${dir}/a.json`));
  assertEquals([saved.totalClients, saved.config.session], [2, true]);
  assertEquals(saved.verdict, {
    status: "interrupted",
    reason: "so far: it goes on",
  });
  await desk.say(`save ${dir}/all.json.gz`);
  const all = await unpackRun(await Deno.readFile(`${dir}/all.json.gz`));
  assertEquals(all.snapshot.clients.length, 2);
  assertEquals(all.stories.length, 2);
  assert(all.course.seconds.length > 0);
  await desk.say(`save ${dir}/page.html`);
  assertMatch(
    await Deno.readTextFile(`${dir}/page.html`),
    /<title>rtcrowd run: interrupted<\/title>/,
  );
  desk.dispatch({ type: "interrupted", code: 143 });
  await desk.until(() => desk.end !== undefined);
  assertEquals([desk.end?.code, desk.end?.summary?.totalClients], [143, 2]);
  assertEquals(desk.server.participants.size, 0);
});

Deno.test("a scenario runs with the session's own clients, and its numbers go on from there", async () => {
  await using desk = await Desk.open();
  await desk.say("spawn 2");
  await desk.until((model) => connected(model) === 2);
  await desk.say("drop all");
  await desk.until((model) => connected(model) === 0);
  await desk.say("scenario smoke clients=2 duration=2s");
  assertMatch(desk.log.join("\n"), /smoke passed/);
  await desk.say("spawn 1");
  assertEquals(desk.model.load.members[0].index, 4);
});
