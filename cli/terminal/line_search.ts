/**
 * Ctrl-R: looking for an earlier line by a part of it, from the newest back,
 * as each character of that part is typed.
 *
 * @module
 */

import type { Key } from "./keys.ts";
import { characterBefore } from "./line_text.ts";

/** A search through the history. */
export interface LineSearch {
  /** What is looked for; upper and lower case are the same. */
  readonly query: string;
  /** The entry that is shown; the number of entries before anything was found. */
  readonly index: number;
  /** The line as it was before the search. */
  readonly text: string;
  /** Its cursor then. */
  readonly cursor: number;
}

/** What a key did to a search; `shown` is the line to show. */
export type SearchStep =
  | {
    readonly type: "searching";
    readonly search: LineSearch;
    readonly shown: ShownLine;
  }
  /** The search is over; the line is as it was before. */
  | { readonly type: "cancelled"; readonly shown: ShownLine }
  /** The search is over with the line that is shown; the key is yet to be handled. */
  | { readonly type: "accepted" };

/** A line and where its cursor is. */
export interface ShownLine {
  readonly text: string;
  readonly cursor: number;
}

/** What `key` does to `search` in `history`, oldest first. */
export function searchKey(
  search: LineSearch,
  key: Key,
  history: readonly string[],
): SearchStep {
  const { query } = search;
  switch (key.type) {
    case "char":
      return look(search, query + key.text, search.index, history);
    case "key":
      if (key.name === "escape") return cancelled(search);
      if (key.name !== "backspace") return { type: "accepted" };
      return look(
        search,
        query.slice(0, characterBefore(query, query.length)),
        history.length,
        history,
      );
    case "ctrl":
      if (key.letter === "r") {
        return look(search, query, search.index - 1, history);
      }
      return key.letter === "c" || key.letter === "g"
        ? cancelled(search)
        : { type: "accepted" };
    case "alt":
    case "paste":
      return { type: "accepted" };
  }
}

/** Goes to the newest entry at or before `from` that holds `query`; stays when there is none. */
function look(
  search: LineSearch,
  query: string,
  from: number,
  history: readonly string[],
): SearchStep {
  const wanted = query.toLowerCase();
  const index = query === "" ? history.length : history.findLastIndex(
    (entry, i) => i <= from && entry.toLowerCase().includes(wanted),
  );
  const shownAt = index < 0 ? search.index : index;
  const text = history[shownAt] ?? search.text;
  const match = text.toLowerCase().indexOf(wanted);
  return {
    type: "searching",
    search: { ...search, query, index: shownAt },
    shown: { text, cursor: match < 0 ? text.length : match },
  };
}

function cancelled({ text, cursor }: LineSearch): SearchStep {
  return { type: "cancelled", shown: { text, cursor } };
}
