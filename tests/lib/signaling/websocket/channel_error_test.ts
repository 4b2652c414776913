/** Why a channel could not be opened, as a kind and in one line. */

import { assertEquals } from "@std/assert";
import {
  ChannelError,
  type ChannelFailure,
  failureOf,
} from "../../../../lib/signaling/websocket/channel_error.ts";

function coded(code: string, message = "it said so", own: object = {}): Error {
  return Object.assign(new Error(message), { code, ...own });
}

Deno.test.each<{ why: string; error: Error; is: ChannelFailure }>([
  {
    why: "nothing listens",
    error: coded("ECONNREFUSED"),
    is: { kind: "refused" },
  },
  {
    why: "the name is not known",
    error: coded("ENOTFOUND"),
    is: { kind: "unreachable", detail: "no such host" },
  },
  {
    why: "the name cannot be looked up now",
    error: coded("EAI_AGAIN"),
    is: { kind: "unreachable", detail: "no such host" },
  },
  {
    why: "it wants a certificate of who comes",
    error: coded("ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"),
    is: {
      kind: "unreachable",
      detail: "it lets in only who shows a certificate, and clients have none",
    },
  },
  {
    why: "it hung up",
    error: coded("ECONNRESET"),
    is: { kind: "unreachable", detail: "the server hung up" },
  },
  {
    why: "something else of the system",
    error: coded("EMFILE", "too many open files"),
    is: { kind: "unreachable", detail: "too many open files" },
  },
  {
    why: "TLS is asked where none is spoken",
    error: coded("ERR_SSL_WRONG_VERSION_NUMBER"),
    is: { kind: "scheme", spoken: "plain" },
  },
  {
    why: "a TLS alert comes where none is asked",
    error: coded("HPE_INVALID_CONSTANT", "Parse Error", {
      rawPacket: new Uint8Array([21, 3, 3, 0, 2]),
    }),
    is: { kind: "scheme", spoken: "tls" },
  },
  {
    why: "a TLS handshake does",
    error: coded("HPE_INVALID_CONSTANT", "Parse Error", {
      rawPacket: new Uint8Array([22, 3, 1, 0, 2]),
    }),
    is: { kind: "scheme", spoken: "tls" },
  },
  {
    why: "what comes is not HTTP at all",
    error: coded("HPE_INVALID_CONSTANT", "Parse Error", {
      rawPacket: new TextEncoder().encode("SSH-2.0"),
    }),
    is: { kind: "notWebSocket", detail: "Parse Error" },
  },
  {
    why: "the handshake is none",
    error: new Error("Invalid Sec-WebSocket-Accept header"),
    is: {
      kind: "notWebSocket",
      detail: "Invalid Sec-WebSocket-Accept header",
    },
  },
])("an error of a connection is sorted: $why", ({ error, is }) => {
  assertEquals(failureOf(error), is);
});

Deno.test.each<{ failure: ChannelFailure; says: string }>([
  { failure: { kind: "badUrl" }, says: "not a ws:// or wss:// URL" },
  { failure: { kind: "refused" }, says: "connection refused" },
  { failure: { kind: "http", status: 503, body: "" }, says: "HTTP 503" },
  {
    failure: { kind: "http", status: 403, body: "go away" },
    says: "HTTP 403 (go away)",
  },
  {
    failure: { kind: "http", status: 301, body: "x", movedTo: "wss://h/new" },
    says: "HTTP 301, it has moved to wss://h/new",
  },
  {
    failure: { kind: "notWebSocket", detail: "Parse Error" },
    says: "not a WebSocket server (Parse Error)",
  },
  {
    failure: {
      kind: "certificate",
      problem: "selfSigned",
      detail: "its certificate is self-signed",
    },
    says: "its certificate is self-signed",
  },
  { failure: { kind: "proxy", detail: "no way" }, says: "no way" },
  { failure: { kind: "scheme", spoken: "tls" }, says: "TLS is spoken there" },
  {
    failure: { kind: "scheme", spoken: "plain" },
    says: "no TLS is spoken there",
  },
  {
    failure: { kind: "timeout", timeoutMs: 2500 },
    says: "no answer within 2.5 s",
  },
  { failure: { kind: "aborted" }, says: "interrupted" },
])("it is one line that names the server: $says", ({ failure, says }) => {
  const error = new ChannelError("ws://h/ws", failure);
  assertEquals(error.message, `Cannot reach ws://h/ws: ${says}.`);
  assertEquals([error.name, error.failure], ["ChannelError", failure]);
});
