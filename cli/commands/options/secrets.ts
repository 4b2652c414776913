/**
 * Secrets: typed as an option, in a file, or in the environment, in this order.
 *
 * @module
 */

import { exclusion } from "../../../tool.ts";
import { readPathBounded } from "../../../lib/read_bounded.ts";
import { messageOf } from "../../../lib/text/mod.ts";

/** Where secrets and certificates come from; replaced in tests. */
export interface SecretPorts {
  readonly env: (name: string) => string | undefined;
  readonly readFile: (path: string) => Promise<string>;
}

/** A key or a bundle of certificates is no larger, and whoever makes one for a pipe has it by then. */
const BOUNDS = { mostBytes: 4e6, withinMs: 30_000 };

/** The process's environment and files. */
export const SYSTEM_SECRETS: SecretPorts = {
  env: (name) => Deno.env.get(name),
  async readFile(path) {
    const bytes = await readPathBounded(path, BOUNDS);
    return new TextDecoder().decode(bytes);
  },
};

/** Reads secrets, and keeps everything that is wrong with them, a line each. */
export class SecretReader {
  readonly mistakes: string[] = [];
  readonly #ports: SecretPorts;

  constructor(ports: SecretPorts) {
    this.#ports = ports;
  }

  /** The secret of an option `--<name>`, which has a `--<name>-file` beside it; `undefined` where there is none. */
  async secret(
    name: string,
    typed: string | undefined,
    file: string | undefined,
    variable: string,
  ): Promise<string | undefined> {
    if (typed !== undefined && file !== undefined) {
      this.mistakes.push(
        exclusion(`--${name}`, `--${name}-file`),
      );
    }
    if (typed !== undefined) return typed;
    if (file !== undefined) return await this.inFile(`--${name}-file`, file);
    const given = this.#ports.env(variable);
    return given === "" ? undefined : given;
  }

  /** A secret that is all that a file holds, but for white space around it. */
  async inFile(option: string, path: string): Promise<string | undefined> {
    const secret = (await this.text(option, path))?.trim();
    if (secret === "") this.mistakes.push(`${option}: "${path}" is empty.`);
    return secret;
  }

  /** A whole file. */
  async text(option: string, path: string): Promise<string | undefined> {
    try {
      return await this.#ports.readFile(path);
    } catch (error) {
      const why = error instanceof Deno.errors.NotFound
        ? "there is no such file"
        : messageOf(error);
      this.mistakes.push(`${option}: cannot read "${path}": ${why}.`);
      return undefined;
    }
  }
}
