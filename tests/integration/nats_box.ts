/** A real NATS broker for tests, on a free port. */

const PROGRAM = "nats-server";

/** Whether tests that need a broker are to be ignored: there is none here, and this is not CI. */
export async function noNats(): Promise<boolean> {
  if (Deno.env.has("CI")) return false;
  try {
    const { success } = await new Deno.Command(PROGRAM, { args: ["-v"] })
      .output();
    return !success;
  } catch {
    return true;
  }
}

/** A broker, which ends with its folder. */
export class Broker implements AsyncDisposable {
  readonly #folder: string;
  readonly #host: string;
  #child: Deno.ChildProcess | undefined;
  #port = -1;

  readonly #env: Readonly<Record<string, string>>;

  private constructor(
    folder: string,
    host: string,
    env: Readonly<Record<string, string>>,
  ) {
    this.#folder = folder;
    this.#host = host;
    this.#env = env;
  }

  /** Starts one with a configuration of its own; `@` in it is its folder, which has these files. */
  static async start(
    config = "",
    files: Readonly<Record<string, string>> = {},
    host = "127.0.0.1",
    env: Readonly<Record<string, string>> = {},
  ): Promise<Broker> {
    const folder = await Deno.makeTempDir({ prefix: "rtcrowd-nats-" });
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await Deno.writeTextFile(
      `${folder}/nats.conf`,
      config.replaceAll("@", folder),
    );
    const broker = new Broker(folder, host, env);
    await broker.up();
    return broker;
  }

  /** Where it is. */
  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Starts it where it was. */
  async up(): Promise<void> {
    this.#child = new Deno.Command(PROGRAM, {
      args: [
        ...["-a", this.#host, "-p", String(this.#port)],
        ...[
          "--ports_file_dir",
          this.#folder,
          "-c",
          `${this.#folder}/nats.conf`,
        ],
      ],
      env: { ...this.#env },
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    const file = `${this.#folder}/${PROGRAM}_${this.#child.pid}.ports`;
    for (;;) {
      try {
        const { nats: [url] } = JSON.parse(await Deno.readTextFile(file));
        this.#port = Number(new URL(url).port);
        return;
      } catch {
        await new Promise((next) => setTimeout(next, 20));
      }
    }
  }

  /** Kills it. */
  async down(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#child?.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
