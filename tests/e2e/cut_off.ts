/** A machine of its own on this one, whose network can be cut: a network namespace. */

/** Runs `ip`; throws what it says where it cannot. */
async function ip(...args: readonly string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command("ip", { args: [...args] })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Whether there can be no such machine here: one has to be root, and have `ip`. */
export async function noMachines(): Promise<boolean> {
  try {
    await using _machine = await Machine.open(0);
    return false;
  } catch {
    console.log("No network can be cut here: that takes root, and ip(8).");
    return true;
  }
}

/** One machine. */
export class Machine implements AsyncDisposable {
  readonly #name: string;
  readonly #net: string;

  private constructor(name: string, net: string) {
    this.#name = name;
    this.#net = net;
  }

  /** Makes one; `number` tells it from others of this process. */
  static async open(number: number): Promise<Machine> {
    const name = `rtc${Deno.pid}n${number}`;
    const net = `10.${Deno.pid % 200 + 20}.${Math.floor(Deno.pid / 200) % 250}`;
    const machine = new Machine(name, `${net}.${number * 4}`);
    const [here, there] = [`${name}h`, `${name}t`];
    await ip("netns", "add", name);
    try {
      await ip("link", "add", here, "type", "veth", "peer", "name", there);
      await ip("link", "set", there, "netns", name);
      await ip("addr", "add", `${machine.hostAddress}/30`, "dev", here);
      await ip("link", "set", here, "up");
      await ip("-n", name, "addr", "add", `${machine.#at(2)}/30`, "dev", there);
      await ip("-n", name, "link", "set", "lo", "up");
      await machine.connect();
    } catch (error) {
      await machine[Symbol.asyncDispose]();
      throw error;
    }
    return machine;
  }

  /** This one's address, as it sees it. */
  get hostAddress(): string {
    return this.#at(1);
  }

  /** What a command becomes there. */
  command(args: readonly string[]): readonly string[] {
    return ["ip", "netns", "exec", this.#name, ...args];
  }

  /** Cuts its network, and nothing of it is told to anybody. */
  async cut(): Promise<void> {
    await ip("-n", this.#name, "link", "set", `${this.#name}t`, "down");
  }

  async connect(): Promise<void> {
    const there = ["-n", this.#name];
    await ip(...there, "link", "set", `${this.#name}t`, "up");
    // It goes with the link.
    await ip(...there, "route", "add", "default", "via", this.hostAddress);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await ip("netns", "delete", this.#name);
  }

  #at(host: number): string {
    const [a, b, c, d] = this.#net.split(".").map(Number);
    return `${a}.${b}.${c}.${d + host}`;
  }
}
