/**
 * Who is waiting for what, in the order of asking; and whom a message answers.
 *
 * Replies come in request order, without ids. A request that was given up
 * stays in the book: its reply may still come, and must not be taken for the
 * reply to a later request of the same kind. It is struck out when something
 * asked later is answered, because then its own reply will never come.
 */

import {
  answers,
  canConcern,
  couldAnswer,
  couldBeReplyTo,
  type Request,
  type ServerMessage,
} from "./wire/mod.ts";

/** Whom a message answers. */
export interface Claim<Entry> {
  readonly entry: Entry;
  /** The entry had been given up before. */
  readonly late: boolean;
}

/** The outstanding requests of one conversation. */
export class PendingRequests<Entry extends { readonly message: Request }> {
  #lines: { readonly entry: Entry; givenUp: boolean }[] = [];

  /** Enters a request, at the moment of sending it. */
  enter(entry: Entry): void {
    this.#lines.push({ entry, givenUp: false });
  }

  /** Keeps the place of a request that nobody waits for any more. */
  giveUp(entry: Entry): void {
    for (const line of this.#lines) {
      if (line.entry === entry) line.givenUp = true;
    }
  }

  /** Strikes out a request that the server has never read. */
  strike(entry: Entry): void {
    this.#lines = this.#lines.filter((line) => line.entry !== entry);
  }

  /** Finds the request that `message` answers and strikes it out; `undefined` for an event. */
  claim(message: ServerMessage): Claim<Entry> | undefined {
    return this.#strikeOut(
      this.#lines.findIndex(({ entry }) =>
        message.type === "error"
          ? canConcern(entry.message, message.message)
          : answers(entry.message, message)
      ),
    );
  }

  /** The same for a reply that cannot be read: what it should repeat of its request may be what is wrong. */
  claimUnreadable(reply: { readonly type: string }): Claim<Entry> | undefined {
    const exact = this.#lines.findIndex(({ entry }) =>
      answers(entry.message, reply as ServerMessage)
    );
    return this.#strikeOut(
      exact >= 0
        ? exact
        : this.#lines.findIndex(({ entry }) =>
          couldAnswer(entry.message, reply.type)
        ),
    );
  }

  /** The same for an object that says of no type that it is. */
  claimUntyped(
    untyped: Readonly<Record<string, unknown>>,
  ): Claim<Entry> | undefined {
    return this.#strikeOut(
      this.#lines.findIndex(({ entry }) =>
        couldBeReplyTo(entry.message, untyped)
      ),
    );
  }

  #strikeOut(index: number): Claim<Entry> | undefined {
    const line = this.#lines[index];
    if (line === undefined) return undefined;
    this.#lines = this.#lines.filter((other, at) =>
      at > index || (at < index && !other.givenUp)
    );
    return { entry: line.entry, late: line.givenUp };
  }
}
