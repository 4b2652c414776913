/** libcrypto for tests, and why a test is ignored without it. */

import {
  type Libcrypto,
  openLibcrypto,
} from "../../../../lib/rtc/srtp/libcrypto.ts";

/** For tests that compare with libcrypto 3: some systems have none, and run on the portable cipher. */
export const needsLibcrypto: { readonly ignore: boolean } = {
  ignore: !canOpen(),
};

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
