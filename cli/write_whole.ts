/**
 * Writing all of something to an output that may take nothing at the moment:
 * a terminal or a pipe is shared, and whoever shares it may have set it not to
 * block. That holds for all who have it, so whoever writes waits by itself.
 *
 * @module
 */

/**
 * A pipe takes so much at once or nothing (PIPE_BUF; pipe(7)). Of more it may
 * take a part, and how much that was is not to be learned from the error.
 */
const MOST_BYTES = Deno.build.os === "linux" ? 4096 : 512;
/** How long to wait for an output that takes nothing at the moment. */
const WAIT_MS = 5;

/** Writes all of it, without blocking the thread. */
export async function writeWhole(
  output: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    try {
      at += await output.write(bytes.subarray(at, at + MOST_BYTES));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
    }
  }
}

/** Writes all of it before it returns. */
export function writeWholeSync(
  output: { writeSync(bytes: Uint8Array): number },
  bytes: Uint8Array,
): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += output.writeSync(bytes.subarray(at, at + MOST_BYTES));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      sleep(WAIT_MS);
    }
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
