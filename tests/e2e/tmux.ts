/** A real terminal without a person: a shell in tmux, on a socket of its own. */

/** Whether there is a tmux to try with. */
export const HAS_TMUX: boolean = await (async () => {
  try {
    const { success } = await new Deno.Command("tmux", { args: ["-V"] })
      .output();
    return success;
  } catch {
    return false;
  }
})();

const POLL_MS = 50;
/** No machine is that slow. */
const GIVE_UP_MS = 30_000;

/** One window of one pane; disposing of it ends all that runs in it. */
export class Tmux implements AsyncDisposable {
  /** Where its socket is, and nothing else. */
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Opens a shell that prompts with `ready$ `. */
  static async open(
    columns: number,
    rows: number,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Tmux> {
    const tmux = new Tmux(await Deno.makeTempDir());
    const size = ["-x", `${columns}`, "-y", `${rows}`];
    const variables = Object.entries(env)
      .flatMap(([name, value]) => ["-e", `${name}=${value}`]);
    await tmux.#run(
      ["-f", "/dev/null", "new-session", "-d", ...size, ...variables, "sh"],
    );
    // A shell of root has a prompt of its own, whatever the environment says;
    // what is typed before it stands there would come behind it.
    await tmux.shows(/\S/);
    await tmux.type("PS1='ready$ '");
    await tmux.press("Enter");
    await tmux.shows(/^ready\$$/m);
    return tmux;
  }

  /** Types a text as it is. */
  async type(text: string): Promise<void> {
    await this.#run(["send-keys", "-l", text]);
  }

  /** Presses keys by their names: `Enter`, `C-c`. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#run(["send-keys", ...keys]);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#run(["resize-window", "-x", `${columns}`, "-y", `${rows}`]);
  }

  /** What is on the screen. */
  async screen(): Promise<string> {
    return await this.#run(["capture-pane", "-p"]);
  }

  /** What `format` says of the pane. */
  async state(format: string): Promise<string> {
    return (await this.#run(["display-message", "-p", format])).trim();
  }

  /** Resolves with what `pattern` matches, once it is on the screen; throws when it never is. */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    const startMs = performance.now();
    for (;;) {
      const screen = await this.screen();
      const match = pattern.exec(screen);
      if (match !== null) return match;
      if (performance.now() - startMs > GIVE_UP_MS) {
        throw new Error(`It never showed ${pattern}, but:\n${screen}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run(["kill-server"]);
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #run(args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-S", `${this.#folder}/socket`, ...args],
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`tmux: ${decoder.decode(stderr)}`);
    return decoder.decode(stdout);
  }
}
