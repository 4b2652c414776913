/**
 * What is wrong with a server's certificate. The runtime says little more
 * than "cannot verify", also of one that has only expired; so the certificate
 * itself is looked at.
 *
 * @module
 */

import { type PeerCertificate, type Socket, tlsConnect } from "./deps.ts";
import { type ConnectionSettings, hostOf, tlsOptions } from "./settings.ts";
import { openTunnel, throughTunnel } from "./tunnel.ts";
import { proxyFor } from "./proxy.ts";

/** What is wrong with a certificate. */
export type CertificateProblem =
  /** Its time was over at this time, in milliseconds since 1970. */
  | { readonly kind: "expired"; readonly atMs: number }
  /** Its time begins then. */
  | { readonly kind: "early"; readonly atMs: number }
  /** It is for other names. */
  | { readonly kind: "name"; readonly names: readonly string[] }
  /** It vouches for itself. */
  | { readonly kind: "selfSigned" }
  /** Somebody signed it who is not trusted. */
  | { readonly kind: "issuer"; readonly issuer: string };

const CODES: ReadonlySet<string> = new Set([
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REJECTED",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Whether an error of a connection is about the certificate of the other side. */
export function isAboutCertificate(error: unknown): boolean {
  return codeOf(error) !== undefined && CODES.has(codeOf(error)!);
}

/** Finds what is wrong by asking the server for its certificate once more; `undefined` when that fails. */
export async function certificateProblem(
  error: unknown,
  url: URL,
  settings: ConnectionSettings,
  nowMs: number,
  signal: AbortSignal,
): Promise<CertificateProblem | undefined> {
  const certificate = await fetchCertificate(url, settings, signal)
    .catch(() => undefined);
  return certificate && problemOf(certificate, codeOf(error), nowMs);
}

/** What is wrong with this certificate, which was refused with this code. */
export function problemOf(
  certificate: Pick<
    PeerCertificate,
    "valid_from" | "valid_to" | "subjectaltname" | "subject" | "issuer"
  >,
  code: string | undefined,
  nowMs: number,
): CertificateProblem {
  const { subject, issuer } = certificate;
  const [fromMs, toMs] = [certificate.valid_from, certificate.valid_to]
    .map(Date.parse);
  if (toMs < nowMs) return { kind: "expired", atMs: toMs };
  if (fromMs > nowMs) return { kind: "early", atMs: fromMs };
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return { kind: "name", names: namesOf(certificate) };
  }
  return code === "DEPTH_ZERO_SELF_SIGNED_CERT" ||
      JSON.stringify(subject) === JSON.stringify(issuer)
    ? { kind: "selfSigned" }
    : { kind: "issuer", issuer: String(issuer?.CN ?? issuer?.O ?? "") };
}

/** The problem as a phrase about the certificate of `url`. */
export function describeCertificate(
  problem: CertificateProblem,
  url: URL,
): string {
  switch (problem.kind) {
    case "expired":
      return `its certificate expired on ${dayOf(problem.atMs)}`;
    case "early":
      return `its certificate is not valid before ${dayOf(problem.atMs)}`;
    case "name": {
      const names = problem.names.slice(0, MAX_NAMES).join(", ") || "no name";
      return `its certificate is for ${names}, not for ${hostOf(url)}`;
    }
    case "selfSigned":
      return "its certificate is self-signed";
    case "issuer":
      return problem.issuer === ""
        ? "its certificate is of an unknown authority"
        : `its certificate is of an unknown authority, "${problem.issuer}"`;
  }
}

const MAX_NAMES = 3;

function namesOf(
  { subjectaltname = "", subject }: Pick<
    PeerCertificate,
    "subjectaltname" | "subject"
  >,
): string[] {
  const names = subjectaltname.split(/,\s*/)
    .map((one) => one.replace(/^(DNS|IP Address):/, ""))
    .filter((one) => one !== "");
  if (names.length > 0) return names;
  return subject?.CN === undefined ? [] : [String(subject.CN)];
}

async function fetchCertificate(
  url: URL,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<PeerCertificate> {
  const trusting = { ...settings, insecure: true };
  const proxy = proxyFor(url, settings.proxies ?? {});
  const socket = proxy === undefined
    ? tlsConnect({
      host: hostOf(url),
      port: Number(url.port) || 443,
      ...tlsOptions(url, trusting),
    })
    : throughTunnel(
      await openTunnel(proxy, url, settings, signal),
      url,
      trusting,
    );
  return await new Promise<PeerCertificate>((resolve, reject) => {
    const stop = () => end(() => reject(signal.reason));
    const end = (settle: () => void) => {
      signal.removeEventListener("abort", stop);
      socket.destroy();
      settle();
    };
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) return stop();
    socket.on("error", (error) => end(() => reject(error)));
    socket.on("secureConnect", () => {
      const certificate = peerCertificate(socket);
      end(() => resolve(certificate));
    });
  });
}

function peerCertificate(socket: Socket): PeerCertificate {
  return (socket as Socket & { getPeerCertificate(): PeerCertificate })
    .getPeerCertificate();
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error
    ? String(error.code)
    : undefined;
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
