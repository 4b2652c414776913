/**
 * What to try when a server cannot be reached.
 *
 * @module
 */

import { type ChannelError, SERVER_SCHEMES, USUAL_SERVER } from "../../tool.ts";

type Failure = ChannelError["failure"];

const WHO_ASKS =
  "It wants to know who asks: check --token, user and password in --server, and --header for what its gateway wants, an Origin or a Cookie.";

/** What to try; `instead` is what to do where there is no server, to go behind "or". */
export function reachAdvice(failure: Failure, instead: string): string {
  switch (failure.kind) {
    case "badUrl":
      return `Give --server a ${SERVER_SCHEMES.join(" or ")} URL.`;
    case "refused":
      return `Start the server, or ${instead}.`;
    case "http":
      return httpAdvice(failure);
    case "notWebSocket":
      return "Something else answers there: check the port in --server.";
    case "certificate":
      return certificateAdvice(failure.problem);
    case "scheme":
      return failure.spoken === "tls"
        ? "Give --server a wss:// URL."
        : "Give --server a ws:// URL, or the port that speaks TLS.";
    case "proxy":
      return "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY, or name the server in NO_PROXY.";
    case "timeout":
      return "Check --server, the firewall, and whether the server hangs.";
    case "unreachable":
      return "Check --server and the network.";
    case "aborted":
      return "Try again.";
  }
}

function certificateAdvice(
  problem: (Failure & { kind: "certificate" })["problem"],
): string {
  switch (problem) {
    case "expired":
    case "early":
      return "Renew it, check this machine's clock, or take it as it is with --insecure.";
    case "name":
      return "Give --server a name that it is for, or take any with --insecure.";
    case "selfSigned":
      return "Trust it with --ca FILE, or take any with --insecure.";
    case "issuer":
    case "unknown":
      return "Trust the authority with --ca FILE, or take any with --insecure.";
  }
}

function httpAdvice(
  { status, movedTo }: Failure & { kind: "http" },
): string {
  if (movedTo !== undefined) {
    if (!/^wss?:/.test(movedTo)) {
      return "Check --server: no WebSocket server is there.";
    }
    // A way on to another method, which is what gateways do with strangers.
    return status === 302 || status === 303
      ? `Give --server ${movedTo}; where that is a page to log in, give the Cookie of who has with --header.`
      : `Give --server ${movedTo}.`;
  }
  switch (status) {
    case 401:
      return WHO_ASKS;
    case 403:
      // So a protoo server refuses who does not ask for its subprotocol.
      return `${WHO_ASKS} One like mediasoup-demo's wants --signaling protoo.`;
    case 404:
      return `Check the path in --server; it is usually ${
        new URL(USUAL_SERVER).pathname
      }.`;
    case 407:
      return "A proxy wants a user and a password: give them in HTTPS_PROXY.";
    case 426:
      return "It, or a gateway before it, wants another protocol: check the path in --server, and that the gateway passes WebSocket upgrades on.";
    case 429:
      return "It, or a gateway before it, takes no more connections that fast: take a longer --ramp-up, or raise its limit.";
    case 500:
      return "The server failed: look into its log.";
    case 502:
    case 504:
      return "A gateway answers, and the server behind it does not: start that.";
    case 503:
      return "The server takes no more connections: free some, or raise its limit.";
  }
  return "Check --server: its answer is not a WebSocket server's.";
}
