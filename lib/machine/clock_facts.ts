/**
 * How far a machine's wall clock can be trusted, as its kernel says.
 *
 * @module
 */

/** What the kernel says of its wall clock. */
export interface ClockFacts {
  /** Whether something keeps it in time. */
  readonly isSynchronised: boolean;
  /** By how much it is wrong at most, in milliseconds, if it is synchronised. */
  readonly maxErrorMs: number;
}

/** Bytes of `struct timex` where `long` has 64 bits. */
const TIMEX_BYTES = 208;
const MAX_ERROR_AT = 24;
const STATUS_AT = 40;
const STA_UNSYNC = 0x40;

/** From `struct timex` as adjtimex(2) fills it in, on 64 bits. */
export function parseTimex(bytes: Uint8Array): ClockFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    isSynchronised: (view.getInt32(STATUS_AT, true) & STA_UNSYNC) === 0,
    maxErrorMs: Number(view.getBigInt64(MAX_ERROR_AT, true)) / 1000,
  };
}

/** What the kernel says now; `null` where it does not, or may not be asked. */
export function readClockFacts(): ClockFacts | null {
  if (Deno.build.os !== "linux") return null;
  const { state } = Deno.permissions.querySync({ name: "ffi" });
  if (state !== "granted") return null;
  try {
    const libc = Deno.dlopen("libc.so.6", {
      adjtimex: { parameters: ["buffer"], result: "i32" },
    });
    // All zero asks, and sets nothing.
    const timex = new Uint8Array(TIMEX_BYTES);
    const answer = libc.symbols.adjtimex(timex);
    libc.close();
    return answer < 0 ? null : parseTimex(timex);
  } catch {
    return null;
  }
}
