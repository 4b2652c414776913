/**
 * Whether ICE credentials are of the length that RFC 8445 section 5.3 asks
 * for. They come from the other side and go into every check, so what is out
 * of bounds is refused before anything is made of it.
 *
 * @module
 */

import { TransportError } from "./transport_error.ts";

/** Characters that a user name fragment may have. */
const USERNAME_LENGTH = { least: 4, most: 256 } as const;
/** Characters that a password may have. */
const PASSWORD_LENGTH = { least: 22, most: 256 } as const;

/** Throws a {@linkcode TransportError} of kind `iceParameters` that names what is too short or too long. */
export function checkIceParameters(
  ice: { readonly usernameFragment: string; readonly password: string },
): void {
  checkLength("ICE user name", ice.usernameFragment, USERNAME_LENGTH);
  checkLength("ICE password", ice.password, PASSWORD_LENGTH);
}

function checkLength(
  what: string,
  { length }: string,
  { least, most }: { readonly least: number; readonly most: number },
): void {
  if (length >= least && length <= most) return;
  const characters = length === 1 ? "character" : "characters";
  throw new TransportError(
    "iceParameters",
    `the server's ${what} has ${length} ${characters}, not ${least} to ${most}`,
  );
}
