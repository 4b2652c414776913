/**
 * The channel: a pipe of text frames to one server, as a port. A WebSocket
 * implements it (`websocket_channel.ts`), and a fake (`lib/testing`).
 */

/** Why a channel is closed. */
export type ChannelClosed =
  /** By us, or by a close frame that says so (1000, 1001, or no code). */
  | { readonly kind: "clean"; readonly code: number; readonly reason: string }
  /** By a close frame with another code, or without any (1006). */
  | {
    readonly kind: "abnormal";
    readonly code: number;
    readonly reason: string;
  }
  /** Nothing came from the server for `silentMs`, no pong either; we gave it up. */
  | { readonly kind: "silent"; readonly silentMs: number }
  /** The socket or the WebSocket protocol failed. */
  | { readonly kind: "error"; readonly message: string };

/** A pipe of text frames to one server. */
export interface Channel {
  /** Settles when the channel is closed and nothing of it is left; never rejects. */
  readonly closed: Promise<ChannelClosed>;
  /** Gives every text frame to `handler`, in order. To be set once, right after opening. */
  onText(handler: (text: string) => void): void;
  /** Sends one text frame; does nothing on a channel that is closing or closed. */
  send(text: string): void;
  /** For how long the server has owed a sign of life that it was asked for, in ms; 0 where it owes none, or never gives any. */
  waitingMs(): number;
  /** Starts closing; idempotent. `closed` settles soon after, whether or not the server helps. */
  close(): void;
}

/** What is between a channel and its server, and takes its time or not. */
export interface ChannelPath {
  /** Calls `arrive` once so many bytes have come through, and all before them that went the same way. */
  carry(
    direction: "inbound" | "outbound",
    bytes: number,
    arrive: () => void,
  ): void;
  /** Forgets what is under way. */
  forget(): void;
}

/** One short phrase for a log or an error, for example `connection lost (code 1006)`. */
export function describeClosed(closed: ChannelClosed): string {
  switch (closed.kind) {
    case "clean":
      return "connection closed";
    case "abnormal":
      return `connection lost (code ${closed.code}${
        closed.reason === "" ? "" : `, ${closed.reason}`
      })`;
    case "silent":
      return `no sign of life for ${Math.round(closed.silentMs / 1000)} s`;
    case "error":
      return closed.message;
  }
}
