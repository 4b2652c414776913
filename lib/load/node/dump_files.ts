/**
 * The two files of a client's dump on this machine.
 *
 * @module
 */

import type { DumpFiles } from "../../dump/mod.ts";

/** Makes `DIR/CLIENT.pcapng` and `DIR/CLIENT.rtcstats`, empty; throws when that cannot be. */
export function openDumpFiles(
  dir: string,
  clientId: string,
): DumpFiles & Disposable {
  Deno.mkdirSync(dir, { recursive: true });
  const open = (kind: string) =>
    Deno.openSync(`${dir}/${clientId}.${kind}`, {
      write: true,
      create: true,
      truncate: true,
    });
  using opened = new DisposableStack();
  const packets = opened.use(open("pcapng"));
  const events = opened.use(open("rtcstats"));
  const both = opened.move();
  const text = new TextEncoder();
  return {
    appendPackets: (bytes) => writeAll(packets, bytes),
    appendEvents: (lines) => writeAll(events, text.encode(lines)),
    [Symbol.dispose]: () => both.dispose(),
  };
}

/** In one call where the system takes it, so that whoever is killed leaves whole blocks. */
function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) {
    written += file.writeSync(bytes.subarray(written));
  }
}
