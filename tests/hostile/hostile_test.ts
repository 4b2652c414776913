/** A sample of the hostile server's modes; `deno task hostile` tries all of them. */

import { assertEquals } from "@std/assert";
import {
  atOnce,
  type Command,
  type Judged,
  judgeMode,
  judgeMonitor,
} from "./judge.ts";
import { MEDIA_MODES } from "./media.ts";
import { MONITOR_MODES } from "./monitored.ts";
import { RAW_MODES } from "./raw.ts";
import { RELAYED_MODES } from "./relayed.ts";
import { STREAM_MODES } from "./streams.ts";

const MODES = [...RAW_MODES, ...RELAYED_MODES, ...MEDIA_MODES, ...STREAM_MODES];

interface Sample {
  readonly name: string;
  readonly commands: readonly Command[];
  /** What each of them says. */
  readonly says: RegExp;
}

const SAMPLES: readonly Sample[] = [
  {
    name: "endless-error",
    commands: ["run", "session", "doctor"],
    says: /Cannot reach ws:\S+: HTTP 500 \(x{1,200}\)/,
  },
  {
    name: "escapes-in-body",
    commands: ["session"],
    says: /HTTP 500 \(RED SECOND LINE\)\. The server failed: look into its log/,
  },
  {
    name: "closes-with-escapes",
    commands: ["run"],
    says: /connection lost \(code 1008, RED SECOND LINE\)/,
  },
  {
    name: "frame-of-a-terabyte",
    commands: ["doctor"],
    says: /lets nobody in: .* more than 4194304 bytes/,
  },
  {
    name: "refuses-at-length",
    commands: ["run"],
    says: /the server said "e{1,300}…?"/,
  },
  {
    name: "refuses-to-publish",
    commands: ["run", "doctor"],
    says:
      /(4 of 4 clients never sent|a client sends nothing).*"Error: no camera for guests"/,
  },
  {
    name: "kicks-at-once",
    commands: ["session"],
    says: /the server put it out, and said "RED SECOND LINE/,
  },
  {
    name: "long-ufrag-for-one",
    commands: ["run"],
    says: /1 ice: the server's ICE user name has 70000 characters/,
  },
  { name: "one-ssrc", commands: ["run"], says: /SSRC 1234 is another track's/ },
  {
    name: "no-encodings",
    commands: ["run"],
    says: /`rtpParameters.encodings`: the first one has no SSRC/,
  },
  {
    name: "no-producerCreated",
    commands: ["doctor"],
    says: /^problem +media +a client sends nothing: /m,
  },
  {
    name: "wrong-fingerprint",
    commands: ["doctor"],
    says: /^problem +media +a client is not connected: .*certificate/m,
  },
  {
    name: "media-dtls-alert",
    commands: ["run"],
    says: /the peer ended the handshake: handshake failure/,
  },
  {
    name: "media-forged-dtls",
    commands: ["run"],
    says: /^(PASSED|INVALID) /,
  },
  {
    name: "tcp-closes",
    commands: ["run"],
    says: /tcp 127\.0\.0\.1:\d+: the server closed the connection/,
  },
  {
    name: "media-one-way",
    commands: ["run"],
    says: /4 of 4 clients never received anything/,
  },
];

const MONITOR_SAMPLES: Readonly<Record<string, RegExp>> = {
  bomb: /\/metrics answers with more than 1 MB/,
  redirect: /answers 302 and sends elsewhere/,
  absurd: /figures that cannot be/,
};

type Task = () => Promise<readonly (Judged & { readonly says: RegExp })[]>;

function attackers(): Task[] {
  return SAMPLES.map(({ name, commands, says }) => async () => {
    const mode = MODES.find((one) => one.name === name)!;
    const all = await judgeMode(mode, commands);
    return all.map((judged) => ({ ...judged, says }));
  });
}

function monitored(): Task[] {
  return Object.entries(MONITOR_SAMPLES).map(([name, says]) => async () => {
    const mode = MONITOR_MODES.find((one) => one.name === name)!;
    return [{ ...await judgeMonitor(mode), says }];
  });
}

Deno.test("whatever a server or a monitor does, every command ends by itself, small, clean, and says why", async () => {
  const wrong: string[] = [];
  await atOnce(4, [...attackers(), ...monitored()], (all) => {
    for (const { name, command, ended, complaints, says } of all) {
      const said = (ended.stdout + ended.stderr).replace(/\n {16}/g, " ");
      wrong.push(
        ...complaints.map((complaint) => `${name} ${command}: ${complaint}`),
        ...(says.test(said) ? [] : [`${name} ${command} said: ${said}`]),
      );
    }
  });
  assertEquals(wrong, []);
});
