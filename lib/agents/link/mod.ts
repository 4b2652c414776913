/**
 * Ways between a coordinator and its agents. They carry texts under subjects,
 * and know nothing of what these say.
 *
 * @module
 */

export { type Answerer, type Link, LinkError, withTrouble } from "./link.ts";
export {
  type BrokerAccess,
  brokerAddress,
  hasCredentials,
} from "./broker_access.ts";
export { NatsLink } from "./nats_link.ts";
export { StreamLink } from "./stream_link.ts";
