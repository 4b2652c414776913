/**
 * A link: how a coordinator and its agents reach each other, as a port.
 * Whatever it is made of, it may lose a message, bring it twice, late or out
 * of order, and it says which of three things became of a request.
 *
 * @module
 */

/** Bytes of a message at most: ten thousand clients with their records. */
export const MAX_MESSAGE_BYTES = 67_108_864;

/** A way between a coordinator and its agents. */
export interface Link extends AsyncDisposable {
  /**
   * Asks whoever serves a subject, and resolves with the answer. Throws a
   * {@linkcode LinkError}, and nothing else.
   */
  request(subject: string, text: string, withinMs: number): Promise<string>;
  /** Answers what is asked under a subject, until what is returned is called. */
  serve(subject: string, answer: Answerer): () => void;
  /** Resolves with the reason once no message goes either way any more, for good. */
  readonly closed: Promise<string>;
  /** What stands in the way of every message now, in words: where nobody is heard of, that is why. @default {nothing, as far as known} */
  readonly trouble?: string | undefined;
  /** Tells in a line when something comes to stand in the way, and when that is over, until what is returned is called. */
  watch?(tell: (line: string) => void): () => void;
}

/** Why nobody was heard of, with what stands in the way of hearing anybody. */
export function withTrouble(
  reason: string,
  { trouble }: Pick<Link, "trouble">,
): string {
  return trouble === undefined ? reason : `${reason}: ${trouble}`;
}

/** Answers a request; `undefined` is no answer. What it throws is none either. */
export type Answerer = (
  text: string,
) => string | undefined | Promise<string | undefined>;

/** What became of a request that was not answered: nothing came in time, nobody serves its subject, the link is no more, or it takes nothing so long. */
export type LinkFailure = "silent" | "nobody" | "closed" | "tooLong";

/** A request was not answered. */
export class LinkError extends Error {
  override name = "LinkError";
  /** What became of it. */
  readonly failure: LinkFailure;

  /** Says what could not be had, in one line. */
  constructor(failure: LinkFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}
