/**
 * The session's screen without its prompt, for a run that has a plan of its
 * own: charts, table, log, and a bar through ramp, media and leaving.
 *
 * @module
 */

import {
  type EngineKind,
  mediaPlanOf,
  type NodeNote,
  type RunProgress,
  type Threshold,
} from "../../tool.ts";
import {
  chooseCharset,
  choosePalette,
  openTerminal,
  type Terminal,
  terminalIn,
} from "../terminal/mod.ts";
import { incidentNote } from "./messages.ts";
import { newModel } from "./model.ts";
import { Program } from "./program.ts";

/** What a run's screen is made of. */
export interface RunScreenOptions {
  readonly url: string;
  /** The embedded server's engine; `null` for a server elsewhere. */
  readonly engine: EngineKind | null;
  /** Processes of the embedded server. */
  readonly pids: readonly number[];
  readonly thresholds: readonly Threshold[];
  /** Called at each Ctrl-C: the keys are the screen's as long as it is there. */
  readonly onInterrupt: () => void;
}

/** The doors of a run's screen to the world, replaced in tests. */
export interface RunScreenPorts {
  readonly openTerminal: () => Terminal;
  readonly env: (name: string) => string | undefined;
}

/** A run's screen; disposing of it leaves the terminal as it was. */
export interface RunScreen extends AsyncDisposable {
  /** Shows how far the run is. */
  readonly onProgress: (progress: Omit<RunProgress, "second">) => void;
  /** Shows what happened. */
  readonly onNote: (note: NodeNote) => void;
  /** Says that an incident began or ended. */
  readonly onIncident: (text: string, change: "began" | "ended") => void;
  /** Shows a line about the run itself. */
  readonly say: (text: string) => void;
}

/** Shows the screen; `undefined` where there is no terminal to show it on. */
export async function openRunScreen(
  options: RunScreenOptions,
  ports: RunScreenPorts = SYSTEM,
): Promise<RunScreen | undefined> {
  const { url, engine, pids } = options;
  const terminal = terminalIn(
    ports.openTerminal(),
    chooseCharset(ports.env, true),
  );
  if (!terminal.isTerminal) {
    await terminal.close();
    return undefined;
  }
  const startMs = performance.now();
  const program = new Program({
    terminal,
    palette: choosePalette(ports.env, true),
    nowMs: () => performance.now() - startMs,
    perform: (effect) => {
      if (effect.type === "interrupt") options.onInterrupt();
    },
    printAside: () => {},
    model: newModel({
      audience: "run",
      size: terminal.size(),
      starting: "",
      settings: {
        room: "",
        rooms: 1,
        role: "publisher",
        media: mediaPlanOf({}),
      },
      seed: 0,
      firstClients: 0,
      thresholds: options.thresholds,
      lines: [],
    }),
  });
  program.start();
  program.dispatch({ type: "opened", server: { url, engine, pids } });
  const onNote = (note: NodeNote) => program.dispatch({ type: "note", note });
  return {
    onNote,
    say: (text) => onNote({ atMs: 0, clientId: null, level: "info", text }),
    onIncident: (text, change) => onNote(incidentNote(text, change)),
    onProgress(progress) {
      const { phase, elapsedMs, rampUpMs, endMs } = progress;
      const { snapshot, point, incidents } = progress;
      const place = { phase, elapsedMs, rampUpMs, endMs };
      program.dispatch({ type: "progress", place });
      program.dispatch({
        type: "measured",
        snapshot,
        use: point.server,
        incidents,
      });
    },
    [Symbol.asyncDispose]: () => program.stop(),
  };
}

const SYSTEM: RunScreenPorts = {
  // Signals are the run's own affair; here they only must not end the process.
  openTerminal: () => openTerminal({ onEndSignal: () => {} }),
  env: (name) => Deno.env.get(name),
};
