/** Where the servers of mediasoup-demo differ: the one in JavaScript, to 2024, and the one in TypeScript. */

import type { JsonRpc } from "../adapter/mod.ts";

// deno-lint-ignore no-explicit-any -- what a server says is looked at where it goes
type Data = any;

/** How one of them speaks. */
export interface Dialect {
  readonly makeTransport: (
    direction: "send" | "recv",
    forceTcp: boolean,
  ) => object;
  readonly readTransport: (reply: Data) => Data;
  readonly readCapabilities: (reply: Data) => Data;
  readonly readIce: (reply: Data) => Data;
  /** Of a producer. */
  readonly readId: (reply: Data) => Data;
  /** How it is told to pause, to resume, to choose a layer. */
  readonly does: (
    rpc: JsonRpc,
  ) => (method: string, data: object) => Promise<void>;
}

/** It answers with the values themselves, and wants an answer to everything. */
const JAVASCRIPT: Dialect = {
  makeTransport: (direction, forceTcp) => ({
    forceTcp,
    producing: direction === "send",
    consuming: direction === "recv",
  }),
  readTransport: (reply) => reply,
  readCapabilities: (reply) => reply,
  readIce: (reply) => reply,
  readId: ({ id }) => id,
  does: ({ ask }) => (method, data) => ask(method, data),
};

/** It names what it answers, and takes what needs no answer as a notification. */
const TYPESCRIPT: Dialect = {
  makeTransport: (direction, forceTcp) => ({
    forceTcp,
    appData: { direction: direction === "send" ? "producer" : "consumer" },
  }),
  readTransport: ({ transportId: id, ...rest }) => ({ id, ...rest }),
  readCapabilities: ({ routerRtpCapabilities }) => routerRtpCapabilities,
  readIce: ({ iceParameters }) => iceParameters,
  readId: ({ producerId }) => producerId,
  does: ({ tell }) => (method, data) => Promise.resolve(tell(method, data)),
};

/** By the first notification, which comes before anything is asked; `undefined` for any other. */
export function dialectOf(notification: string): Dialect | undefined {
  switch (notification) {
    case "mediasoup-version":
      return JAVASCRIPT;
    case "mediasoupVersion":
      return TYPESCRIPT;
  }
}
