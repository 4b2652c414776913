/** libcrypto for tests, and why a test is ignored without it. */

import { type Libcrypto, openLibcrypto } from "../../../lib/rtc/libcrypto.ts";

/** Whether libcrypto 3 can be opened here; it is missing on some systems. */
export const hasLibcrypto: boolean = canOpen();

/** Runs `work` with an open libcrypto. */
export function withLibcrypto<T>(work: (library: Libcrypto) => T): T {
  const library = openLibcrypto();
  try {
    return work(library);
  } finally {
    library.close();
  }
}

function canOpen(): boolean {
  try {
    openLibcrypto().close();
    return true;
  } catch {
    return false;
  }
}
