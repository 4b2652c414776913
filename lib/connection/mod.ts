/**
 * How connections to a server are made, whoever makes them: which
 * certificates are trusted, which headers are sent, through which proxy; what
 * is wrong when they fail; and how a URL, or a text from outside, is told
 * without the secrets in it.
 *
 * It knows no WebSocket, no rooms and no command line.
 *
 * @module
 */

export {
  type CertificateProblem,
  certificateProblem,
  describeCertificate,
  isAboutCertificate,
} from "./certificate.ts";
export { certificatesProblem } from "./certificates_text.ts";
export { httpGet } from "./http_get.ts";
export { isLoopback } from "./loopback.ts";
export { proxyFor, systemProxies } from "./proxy.ts";
export {
  type ConnectionSettings,
  elsewhere,
  hasSecrets,
  headersOf,
  originOf,
  type ProxySettings,
  secretsOf,
  type ServerAccess,
  tlsOptions,
  userOf,
} from "./settings.ts";
export { openTunnel, throughTunnel, TunnelError } from "./tunnel.ts";
