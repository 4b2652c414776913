/**
 * What a machine has against what a run needs, a finding each.
 *
 * @module
 */

import type { MachineFacts } from "./facts.ts";
import type { RunNeed } from "./need.ts";
import { formatCount, formatCounted } from "../text/mod.ts";

/** One thing that was looked at. */
export interface Finding {
  /** `problem`: the run cannot work; `warning`: it may work, or worse than it could. */
  readonly level: "good" | "warning" | "problem";
  /** What was looked at, in a word or two. */
  readonly about: string;
  /** How it is, on one line. */
  readonly text: string;
  /** The command that fixes it; `null` when nothing has to, or no command can. */
  readonly fix: string | null;
}

/** Looks at everything that limits a run. What is not known of a machine is left out. */
export function findLimits(need: RunNeed, facts: MachineFacts): Finding[] {
  return [
    findFiles(need, facts),
    findPorts(need, facts),
    findBuffer("receive", "rmem", need, facts.rmemMaxBytes),
    findBuffer("send", "wmem", need, facts.wmemMaxBytes),
    findCores(need, facts),
    findMemory(need, facts),
    findClock(facts),
    findDrops(facts),
  ].filter((finding) => finding !== null);
}

/**
 * Why a run cannot work here, in one line with what to do; `undefined` when
 * it can. Costs nothing, so that it can be asked before every run. `elsewhere`
 * names another machine: there nobody sees that memory gives out until all
 * its clients are lost.
 */
export function obstacle(
  need: RunNeed,
  facts: MachineFacts,
  elsewhere?: string,
): string | undefined {
  const problem = [findFiles(need, facts), findPorts(need, facts)]
    .find((finding) => finding?.level === "problem");
  const memory = elsewhere === undefined ? null : findMemory(need, facts);
  const isTooLittle = memory !== null && memory.level !== "good";
  if (!problem && !isTooLittle) return undefined;
  const { about, text, fix } = problem ?? memory!;
  return `Cannot run ${formatCounted(need.clients, "client")} ${
    elsewhere === undefined ? "here" : `on ${elsewhere}`
  }: ${about}: ${text}. ${
    fix === null ? "Give it fewer, or take more agents." : `Run: ${fix}`
  }`;
}

function findFiles(
  { files }: RunNeed,
  { files: limits, startersSoftFiles }: MachineFacts,
): Finding | null {
  if (limits === null) return null;
  const about = "open files";
  const needed = `${formatCount(files)} needed`;
  if (limits.soft < files) {
    return limits.hard < files
      ? {
        level: "problem",
        about,
        text: `${needed}, the hard limit is ${limit(limits.hard)}`,
        // $$ is the shell that it is typed into, so that all it starts has the limit.
        fix: `sudo prlimit --pid $$ --nofile=${files}:${files}`,
      }
      : {
        level: "problem",
        about,
        text: `${needed}, the soft limit is ${limit(limits.soft)}`,
        fix: `ulimit -S -n ${files}`,
      };
  }
  if (startersSoftFiles !== null && startersSoftFiles < files) {
    return {
      level: "warning",
      about,
      text: `${needed}; we have raised our soft limit from ${
        limit(startersSoftFiles)
      } to ${limit(limits.soft)}, a server that you start there may not`,
      fix: `ulimit -S -n ${files}`,
    };
  }
  return {
    level: "good",
    about,
    text: `${needed}, ${limit(limits.soft)} allowed`,
    fix: null,
  };
}

function findPorts(
  { udpPorts, tcpPorts }: RunNeed,
  { portRange }: MachineFacts,
): Finding | null {
  if (portRange === null) return null;
  const [from, to] = portRange;
  const needed = Math.max(udpPorts, tcpPorts);
  const there = to - from + 1;
  const enough = there >= needed;
  // Other programs, and sockets that were closed a minute ago, hold some.
  const plenty = there >= needed * 1.25;
  return {
    level: plenty ? "good" : enough ? "warning" : "problem",
    about: "ephemeral ports",
    text: `${formatCount(needed)} needed, ${
      formatCount(there)
    } there (${from} to ${to})`,
    fix: plenty
      ? null
      : `sudo sysctl -w net.ipv4.ip_local_port_range="1024 65535"`,
  };
}

function findBuffer(
  direction: "receive" | "send",
  name: "rmem" | "wmem",
  { socketBufferBytes }: RunNeed,
  maxBytes: number | null,
): Finding | null {
  if (maxBytes === null) return null;
  const enough = maxBytes >= socketBufferBytes;
  return {
    level: enough ? "good" : "warning",
    about: `${direction} buffer`,
    text: `${formatCount(socketBufferBytes)} bytes wanted, ${
      formatCount(maxBytes)
    } allowed${enough ? "" : ": a burst may be dropped"}`,
    fix: enough
      ? null
      : `sudo sysctl -w net.core.${name}_max=${socketBufferBytes}`,
  };
}

function findCores({ cores }: RunNeed, facts: MachineFacts): Finding {
  const BUSY = 0.8;
  const enough = cores <= facts.cores * BUSY;
  return {
    level: enough ? "good" : "warning",
    about: "CPU",
    text: `about ${cores.toFixed(1)} cores needed, ${facts.cores} there${
      enough ? "" : ": the run may come out invalid"
    }`,
    fix: null,
  };
}

function findMemory(
  { memoryBytes }: RunNeed,
  facts: MachineFacts,
): Finding | null {
  if (facts.memoryBytes === null) return null;
  const enough = memoryBytes <= facts.memoryBytes;
  return {
    level: enough ? "good" : "warning",
    about: "memory",
    text: `about ${gigabytes(memoryBytes)} needed, ${
      gigabytes(facts.memoryBytes)
    } available`,
    fix: null,
  };
}

/** Those that cost a system call or a bus access each time somebody asks for the time. */
const SLOW_CLOCKS: readonly string[] = ["hpet", "acpi_pm", "jiffies"];

function findClock({ clockSource }: MachineFacts): Finding | null {
  if (clockSource === null) return null;
  const slow = SLOW_CLOCKS.includes(clockSource);
  return {
    level: slow ? "warning" : "good",
    about: "clock",
    text: `the kernel reads ${clockSource}${
      slow ? ", which is slow or coarse: times are less exact" : ""
    }`,
    fix: slow
      ? "echo tsc | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource"
      : null,
  };
}

function findDrops({ udp, rmemMaxBytes }: MachineFacts): Finding | null {
  if (udp === null) return null;
  const WORTH_A_WORD = 0.001;
  const { received, receiveDrops, sendDrops } = udp;
  const drops = receiveDrops + sendDrops;
  const many = drops > (received + drops) * WORTH_A_WORD;
  const wanted = Math.max(8_388_608, rmemMaxBytes ?? 0);
  return {
    level: many ? "warning" : "good",
    about: "dropped datagrams",
    text: `since it booted this machine dropped ${
      formatCount(receiveDrops)
    } on receiving and ${formatCount(sendDrops)} on sending, of ${
      formatCount(received)
    } received`,
    fix: many
      ? `sudo sysctl -w net.core.rmem_default=1048576 net.core.rmem_max=${wanted}`
      : null,
  };
}

function limit(value: number): string {
  return value === Infinity ? "unlimited" : formatCount(value);
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
