/**
 * The way into a server, in one table for every command that goes to one: who
 * one is, which headers are sent, whom to trust. Secrets may come from the
 * environment or a file, where nobody sees them in the list of processes.
 *
 * @module
 */

import { type ServerTarget, systemProxies } from "../../mod.ts";
import { flag, many, optional, type ValuesOf } from "./option.ts";
import { header, text } from "./value_kind.ts";

/** The options of the way in. */
export const ACCESS_OPTIONS = {
  token: optional(text("JWT"), {
    help: "a token for the server; or RTCROWD_TOKEN, or",
  }),
  tokenFile: optional(text("FILE"), { help: "a file that holds it" }),
  password: optional(text("P"), {
    help: "the password of the rooms; or RTCROWD_PASSWORD, or",
  }),
  passwordFile: optional(text("FILE"), { help: "a file that holds it" }),
  header: many(header, {
    help:
      "a header for the server, such as an Origin or a Cookie; @FILE for a value in a file",
  }),
  ca: many(text("FILE"), {
    help: "certificates (PEM) to trust besides the system's",
  }),
  insecure: flag({ help: "take any certificate, also a wrong one" }),
} as const;

/** What these options come to. */
export type AccessValues = ValuesOf<typeof ACCESS_OPTIONS>;

/** The way into a server. */
export type Access = Omit<ServerTarget, "url">;

/** Where secrets and certificates come from; replaced in tests. */
export interface AccessPorts {
  readonly env: (name: string) => string | undefined;
  readonly readFile: (path: string) => Promise<string>;
}

const SYSTEM: AccessPorts = {
  env: (name) => Deno.env.get(name),
  readFile: (path) => Deno.readTextFile(path),
};

/** The way in, or everything that is wrong with it, a line each. */
export async function readAccess(
  values: AccessValues,
  ports: AccessPorts = SYSTEM,
): Promise<{ readonly access: Access } | { readonly mistakes: string[] }> {
  const { env, readFile } = ports;
  const mistakes: string[] = [];
  const read = async (option: string, path: string) => {
    try {
      return await readFile(path);
    } catch (error) {
      const why = error instanceof Deno.errors.NotFound
        ? "there is no such file"
        : error instanceof Error
        ? error.message
        : String(error);
      mistakes.push(`${option}: cannot read "${path}": ${why}.`);
      return undefined;
    }
  };
  const secretIn = async (option: string, path: string) => {
    const secret = (await read(option, path))?.trim();
    if (secret === "") mistakes.push(`${option}: "${path}" is empty.`);
    return secret;
  };
  const secret = async (name: "token" | "password") => {
    const given = values[name];
    const file = values[`${name}File`];
    if (given !== undefined && file !== undefined) {
      mistakes.push(
        `--${name}, --${name}-file: they exclude each other, leave one out.`,
      );
    }
    return given ??
      (file === undefined
        ? env(`RTCROWD_${name.toUpperCase()}`) || undefined
        : await secretIn(`--${name}-file`, file));
  };
  const certificates = async (path: string) => {
    const pem = await read("--ca", path);
    if (pem !== undefined && !pem.includes("-----BEGIN CERTIFICATE-----")) {
      mistakes.push(`--ca: "${path}" holds no certificate (PEM).`);
    }
    return pem ?? "";
  };
  const [token, password, ca, headers] = await Promise.all([
    secret("token"),
    secret("password"),
    Promise.all(values.ca.map(certificates)),
    Promise.all(values.header.map(async ({ name, value, file }) =>
      [
        name,
        file === undefined ? value : await secretIn("--header", file) ?? "",
      ] as const
    )),
  ]);
  if (mistakes.length > 0) return { mistakes };
  return {
    access: {
      token,
      password,
      connection: {
        ca: ca.length === 0 ? undefined : ca.join("\n"),
        insecure: values.insecure,
        headers,
        proxies: systemProxies(env),
      },
    },
  };
}

/** An embedded server as the target: it is on this machine, and no proxy leads to it. */
export function embeddedTarget(
  url: string,
  { token, password }: Access,
): ServerTarget {
  return { url, token, password };
}

/** The way in for the record; secrets only as given or not. */
export function accessRecord({ token, password, connection = {} }: Access): {
  readonly token: boolean;
  readonly password: boolean;
  readonly headers: readonly string[];
  readonly insecure: boolean;
} {
  const { headers = [], insecure = false } = connection;
  return {
    token: token !== undefined,
    password: password !== undefined,
    headers: headers.map(([name]) => name),
    insecure,
  };
}
