/**
 * URLs without their secrets. What goes to a screen, a file or an error goes
 * through here.
 *
 * @module
 */

import { HIDDEN } from "./hider.ts";

/**
 * The URL without user, password and fragment, and with the values of its
 * query, and of its path's parameters, hidden; a text that is no URL loses the same.
 *
 * ```ts
 * import { shownUrl } from "./shown_url.ts";
 *
 * shownUrl("wss://me:secret@sfu.example/ws?token=abc&v=2"); // "wss://sfu.example/ws?token=***&v=***"
 * ```
 */
export function shownUrl(url: string): string {
  const [, scheme, authority, path = "", query] =
    /^([a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)([^?#]*)(\?[^#]*)?/is.exec(url) ?? [];
  const host = (authority ?? "").replace(/^.*@/s, "");
  // Where the scheme is mistyped, the user stands in what looks like a path.
  const way = scheme === undefined ? path.replaceAll(/[^/]*@/g, "") : path;
  const named = way.replaceAll(/(;[^/;=]*)=[^/;]*/g, `$1=${HIDDEN}`);
  return `${scheme ?? ""}${host}${named}${
    query === undefined ? "" : hidden(query)
  }`;
}

/** A text with every URL in it as {@linkcode shownUrl} has it. */
export function shownText(text: string): string {
  // What a server says of its media is full of URLs that hide nothing.
  if (!/[?@#;]/.test(text)) return text;
  // What ends a sentence, or a bracket around the URL, is no part of it.
  return text.replaceAll(
    // Bounded, so that a long word is not gone through from each of its letters.
    /[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"<>]*[^\s"<>?!.,;:)\]}]/gi,
    shownUrl,
  );
}

function hidden(query: string): string {
  return query.slice(1) === ""
    ? ""
    : `?${
      query.slice(1).split("&").map((pair) => {
        const at = pair.indexOf("=");
        // A value without a name may be the secret itself.
        return at < 0 ? HIDDEN : `${pair.slice(0, at)}=${HIDDEN}`;
      }).join("&")
    }`;
}
