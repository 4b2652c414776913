/** What connections take from others: Node's sockets, which let certificates and tunnels be chosen. */

export { Buffer } from "node:buffer";
export { X509Certificate } from "node:crypto";
export { request as httpRequest, STATUS_CODES } from "node:http";
export type { IncomingMessage } from "node:http";
export { request as httpsRequest } from "node:https";
export { BlockList, isIP, type Socket } from "node:net";
export { connect as tlsConnect, type PeerCertificate } from "node:tls";
