/** What the link over a broker takes from others: one library, pinned, loaded only when there is a broker. */

// NATS: JavaScript over the runtime's own sockets, with reconnecting, TLS, tokens, keys and credentials.
export {
  AuthorizationError,
  connect,
  type ConnectionOptions,
  credsAuthenticator,
  type Msg,
  type NatsConnection,
  nkeyAuthenticator,
  NoRespondersError,
  PermissionViolationError,
  RequestError,
} from "npm:@nats-io/transport-node@3.4.0";
