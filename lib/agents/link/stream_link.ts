/**
 * A link over two streams of bytes: the standard input and output of a
 * process, here or at the other end of ssh. It ends with either stream.
 *
 * @module
 */

import { type Frame, frameBytes, FrameReader, GREETING } from "./frames.ts";
import { type Answerer, type Link, LinkError } from "./link.ts";
import { messageOf } from "../../text/mod.ts";
import type { Clock } from "../../time/mod.ts";

/** The two streams of a link. */
export interface LinkStreams {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<Uint8Array<ArrayBuffer>>;
}

/** Requests that nobody answered yet, at most: who has so many has lost touch. */
const MAX_WAITING = 10_000;

/** A link over two streams. */
export class StreamLink implements Link {
  readonly closed: Promise<string>;
  readonly #clock: Clock;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #waiting = new Map<number, PromiseWithResolvers<string>>();
  readonly #served = new Map<string, Answerer>();
  readonly #closing = Promise.withResolvers<string>();
  readonly #greeted = Promise.withResolvers<void>();
  #reason: string | undefined;
  #id = 0;
  readonly #reading: Promise<void>;

  /** Greets, and begins to read. */
  constructor({ readable, writable }: LinkStreams, clock: Clock) {
    this.closed = this.#closing.promise;
    this.#clock = clock;
    this.#greeted.promise.catch(() => {});
    this.#reader = readable.getReader();
    this.#writer = writable.getWriter();
    this.#write(new TextEncoder().encode(`${GREETING}\n`));
    this.#reading = this.#read();
  }

  /** Resolves once the other end has greeted; throws a {@linkcode LinkError} when it never will. */
  get greeted(): Promise<void> {
    return this.#greeted.promise;
  }

  async request(
    subject: string,
    text: string,
    withinMs: number,
  ): Promise<string> {
    if (this.#reason !== undefined || this.#waiting.size >= MAX_WAITING) {
      throw this.#closedError();
    }
    const id = ++this.#id;
    const bytes = askBytes({ kind: "ask", id, subject, text });
    const answer = Promise.withResolvers<string>();
    this.#waiting.set(id, answer);
    const cancel = this.#clock.setTimer(withinMs, () => {
      answer.reject(
        new LinkError("silent", `no answer within ${withinMs / 1000} s`),
      );
    });
    this.#write(bytes);
    try {
      return await answer.promise;
    } finally {
      cancel();
      this.#waiting.delete(id);
    }
  }

  serve(subject: string, answer: Answerer): () => void {
    this.#served.set(subject, answer);
    return () => this.#served.delete(subject);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#close("it was closed here");
    await this.#reading;
  }

  async #read(): Promise<void> {
    const frames = new FrameReader();
    try {
      for (;;) {
        const { value, done } = await this.#reader.read();
        if (done) break;
        for (const frame of frames.take(value)) this.#take(frame);
        if (frames.isGreeted) this.#greeted.resolve();
      }
      this.#close("the other end closed it");
    } catch (error) {
      this.#close(messageOf(error));
    }
  }

  #take({ kind, id, subject, text }: Frame): void {
    if (kind !== "ask") {
      const asked = this.#waiting.get(id);
      if (kind === "answer") asked?.resolve(text);
      else asked?.reject(new LinkError("nobody", "nobody answers"));
      return;
    }
    const answerer = this.#served.get(subject);
    if (answerer === undefined) {
      return this.#send({ kind: "nobody", id, subject: "-", text: "" });
    }
    Promise.try(answerer, text).then((answer) => {
      if (answer === undefined) return;
      this.#send({ kind: "answer", id, subject: "-", text: answer });
    }).catch(() => {});
  }

  #send(frame: Frame): void {
    this.#write(frameBytes(frame));
  }

  #write(bytes: Uint8Array): void {
    if (this.#reason !== undefined) return;
    this.#writer.write(bytes as Uint8Array<ArrayBuffer>).catch((error) =>
      this.#close(messageOf(error))
    );
  }

  #close(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const error = this.#closedError();
    this.#greeted.reject(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#reader.cancel().catch(() => {});
    this.#writer.close().catch(() => {});
    this.#closing.resolve(reason);
  }

  #closedError(): LinkError {
    return new LinkError("closed", this.#reason ?? "too much is unanswered");
  }
}

function askBytes(frame: Frame): Uint8Array {
  try {
    return frameBytes(frame);
  } catch (error) {
    throw new LinkError("tooLong", messageOf(error));
  }
}
