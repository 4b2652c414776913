/**
 * The worker in which a file is parsed: it says when it has loaded its parser,
 * gets the bytes, and answers with the tracks or why there are none.
 *
 * @module
 */

import { loadMediabunny } from "./deps.ts";
import { parseContainer } from "./parse_container.ts";

// The types of a worker's own scope are none of this project's.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<Uint8Array>) => void;
  postMessage(message: unknown): void;
};

scope.onmessage = ({ data }) => {
  parseContainer(data).then(
    (tracks) => scope.postMessage({ tracks }),
    (error) => scope.postMessage({ why: error?.message ?? `${error}` }),
  );
};

await loadMediabunny();
scope.postMessage({ isReady: true });
