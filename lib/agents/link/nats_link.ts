/**
 * A link over a NATS broker. Each end dials out, one connection; the broker
 * needs to keep nothing. What is published while a connection is down is lost
 * without a word, so everything is a request.
 *
 * @module
 */

import { type BrokerAccess, brokerAddress } from "./broker_access.ts";
import { type Answerer, type Link, LinkError } from "./link.ts";
import { guardLibraryPrints } from "./library_prints.ts";
import { guardLostSockets } from "./lost_sockets.ts";
import type { Msg, NatsConnection } from "./nats_deps.ts";
import { Assembly, inParts, readPart } from "./parts.ts";
import { messageOf } from "../../text/mod.ts";

type Nats = typeof import("./nats_deps.ts");

const CONNECT_MS = 5_000;
/** A connection on which nothing comes for twice so long is dead. */
const PING_MS = 2_000;
const RECONNECT_MS = 250;
/** Of what the broker takes in one message. */
const SHARE_OF_PAYLOAD = 0.75;
const MAX_PART_BYTES = 524_288;
/** Who answers whoever asks does so within so long of the one before. */
const STALL_MS = 300;
const MAX_ANSWERS = 10_000;

/** Where answers to a coordinator come; to agents, under their own names. */
const RUN_INBOX = "run";

const encoder = new TextEncoder();
/** A part is here. */
const GOT = encoder.encode("+");

/** A link over a broker. */
export class NatsLink implements Link {
  readonly closed: Promise<string>;
  readonly #nats: Nats;
  readonly #connection: NatsConnection;
  readonly #assembly = new Assembly();
  readonly #maxBytes: number;
  /** It would not have connected without TLS. */
  readonly #isTls: boolean;
  readonly #shown: string;
  readonly #watchers = new Set<(line: string) => void>();
  #parted = 0;
  /** Since when the broker is not there, in milliseconds since 1970. */
  #downSinceMs: number | undefined;
  /** What the broker does not let it do, as it said last. */
  #forbidden: string | undefined;

  private constructor(
    nats: Nats,
    connection: NatsConnection,
    isTls: boolean,
    shown: string,
  ) {
    this.#isTls = isTls;
    this.#shown = shown;
    this.#nats = nats;
    this.#connection = connection;
    const { max_payload = MAX_PART_BYTES } = connection.info ?? {};
    this.#maxBytes = Math.floor(
      Math.min(MAX_PART_BYTES, max_payload * SHARE_OF_PAYLOAD),
    );
    this.closed = connection.closed().then((error) =>
      error ? messageOf(error) : "it was closed here"
    );
    this.#watch();
  }

  /**
   * Connects. Answers come back under `_INBOX.` and `inbox`, so that a broker
   * can keep others from reading them. Throws an `Error` in one line when that
   * cannot be.
   */
  static async connect(
    access: BrokerAccess,
    name: string,
    inbox = RUN_INBOX,
  ): Promise<NatsLink> {
    const nats = await import("./nats_deps.ts");
    guardLostSockets();
    guardLibraryPrints();
    const { shown, server } = brokerAddress(access);
    const tls = tlsOf(access);
    try {
      const connection = await nats.connect({
        name,
        servers: server,
        timeout: CONNECT_MS,
        pingInterval: PING_MS,
        maxPingOut: 2,
        reconnectTimeWait: RECONNECT_MS,
        maxReconnectAttempts: -1,
        ignoreAuthErrorAbort: true,
        inboxPrefix: `_INBOX.${inbox}`,
        ...identityOf(access, nats),
        ...tls,
      });
      return new NatsLink(nats, connection, tls?.tls !== undefined, shown);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error
        ? error.cause
        : error;
      throw new Error(
        `Cannot use the broker ${shown}: ${
          error instanceof nats.AuthorizationError
            ? "it does not know us. Check RTCROWD_BROKER_TOKEN, _NKEY or _CREDS, or the user in its URL"
            : messageOf(cause).replace(/\.$/, "")
        }.`,
      );
    }
  }

  /** Whether nobody else can read what goes over it. */
  get isEncrypted(): boolean {
    return this.#isTls || this.#connection.info?.tls_required === true;
  }

  /** What the broker does not let it do; `undefined` where it has said nothing of that. */
  get forbidden(): string | undefined {
    return this.#forbidden;
  }

  get trouble(): string | undefined {
    return this.#downSinceMs === undefined
      ? undefined
      : `the broker ${this.#shown} has been unreachable since ${
        new Date(this.#downSinceMs).toISOString().slice(11, 19)
      } UTC`;
  }

  watch(tell: (line: string) => void): () => void {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  }

  async request(
    subject: string,
    text: string,
    withinMs: number,
  ): Promise<string> {
    const bytes = encoder.encode(text);
    const id = `${this.#connection.info?.client_id ?? 0}-${++this.#parted}`;
    const parts = inParts(bytes, id, this.#maxBytes) ?? [bytes];
    try {
      const answers = await Promise.all(
        parts.map((part) =>
          this.#connection.request(subject, part, { timeout: withinMs })
        ),
      );
      return answers.find(({ data }) => !isSame(data, GOT))?.string() ??
        await Promise.reject(new LinkError("silent", "a part got lost"));
    } catch (error) {
      throw this.#failureOf(error, withinMs);
    }
  }

  /** All answers to one question, as far as they come soon after one another. */
  async survey(subject: string, withinMs: number): Promise<string[]> {
    const answers: string[] = [];
    try {
      const coming = await this.#connection.requestMany(subject, "", {
        strategy: "stall",
        stall: STALL_MS,
        maxWait: withinMs,
        maxMessages: MAX_ANSWERS,
      });
      for await (const message of coming) answers.push(message.string());
    } catch (error) {
      const failure = this.#failureOf(error, withinMs);
      if (failure.failure !== "nobody") throw failure;
    }
    return answers;
  }

  serve(subject: string, answer: Answerer): () => void {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) this.#answer(message, answer);
      },
    });
    return () => {
      if (!this.#connection.isClosed()) subscription.unsubscribe();
    };
  }

  /** Resolves once the broker has heard all that was sent, and has said what it does not like. */
  async settle(): Promise<void> {
    await this.#connection.flush();
    // What it does not like comes by another way, in a turn of its own.
    await this.#connection.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }

  #answer(message: Msg, answerer: Answerer): void {
    const part = readPart(message.data);
    const whole = part === undefined ? message.data : this.#assembly.take(part);
    if (whole === undefined) {
      message.respond(GOT);
      return;
    }
    Promise.try(answerer, new TextDecoder().decode(whole)).then((answer) => {
      if (answer !== undefined) message.respond(answer);
    }).catch(() => {});
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === "disconnect") this.#noteDown();
      else if (status.type === "reconnect") this.#noteUp();
      if (status.type !== "error") continue;
      const { error } = status;
      if (error instanceof this.#nats.PermissionViolationError) {
        this.#forbidden = `${error.operation} ${error.subject}`;
      }
    }
  }

  #noteDown(): void {
    if (this.#downSinceMs !== undefined) return;
    this.#downSinceMs = Date.now();
    this.#say(this.trouble!);
  }

  #noteUp(): void {
    if (this.#downSinceMs === undefined) return;
    const sec = Math.round((Date.now() - this.#downSinceMs) / 1000);
    this.#downSinceMs = undefined;
    this.#say(`the broker ${this.#shown} is back after ${sec} s`);
  }

  #say(line: string): void {
    for (const tell of this.#watchers) tell(line);
  }

  #failureOf(error: unknown, withinMs: number): LinkError {
    if (error instanceof LinkError) return error;
    const { NoRespondersError, PermissionViolationError, RequestError } =
      this.#nats;
    if (
      error instanceof NoRespondersError ||
      error instanceof RequestError && error.isNoResponders()
    ) return new LinkError("nobody", "nobody answers");
    if (this.#connection.isClosed()) {
      return new LinkError("closed", "the connection to the broker is closed");
    }
    // That it may not ask is the cause of there being no answer.
    const cause = error instanceof Error ? error.cause ?? error : error;
    if (cause instanceof PermissionViolationError) {
      this.#forbidden = `${cause.operation} ${cause.subject}`;
    }
    return new LinkError(
      "silent",
      this.#forbidden === undefined
        ? `no answer within ${withinMs / 1000} s`
        : `the broker does not let us ${this.#forbidden}`,
    );
  }
}

function identityOf(
  { url, token, nkey, creds }: BrokerAccess,
  { credsAuthenticator, nkeyAuthenticator }: Nats,
): Parameters<Nats["connect"]>[0] {
  const { username, password } = new URL(url);
  if (creds !== undefined) {
    return { authenticator: credsAuthenticator(encoder.encode(creds)) };
  }
  if (nkey !== undefined) {
    return { authenticator: nkeyAuthenticator(encoder.encode(nkey.trim())) };
  }
  if (token !== undefined) return { token };
  return username === "" ? {} : {
    user: decodeURIComponent(username),
    pass: decodeURIComponent(password),
  };
}

function tlsOf({ url, ca }: BrokerAccess): Parameters<Nats["connect"]>[0] {
  if (ca !== undefined) return { tls: { ca } };
  return url.startsWith("tls:") ? { tls: {} } : {};
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
