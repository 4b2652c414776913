/**
 * What a run of some size needs of a machine. Files and ports are counted,
 * CPU and memory are estimates from measured runs.
 *
 * @module
 */

/** How large a run is at its peak. */
export interface RunSize {
  /** Clients at one time, those that are just leaving included. */
  readonly clients: number;
  /** Their transports: one to send, one to receive. */
  readonly transports: number;
  /** RTP packets a second that all of them send and receive. */
  readonly packetsHz: number;
  /** Threads that drive them. */
  readonly workers: number;
  /** Who encrypts and sends: `native` costs a fraction of `portable`. */
  readonly datapath: "native" | "portable";
  /** The engine of the embedded server; `null` when the server is another one. */
  readonly engine: "werift" | "mediasoup" | null;
}

/** What that takes. */
export interface RunNeed {
  /** Clients at one time. */
  readonly clients: number;
  /** Open files of our process, or of the embedded server's if that needs more: each has the limit to itself. */
  readonly files: number;
  /** UDP ports of this machine. */
  readonly udpPorts: number;
  /** TCP ports of this machine. */
  readonly tcpPorts: number;
  /** Memory, the embedded server's included. */
  readonly memoryBytes: number;
  /** CPU, the embedded server's included, in cores. */
  readonly cores: number;
  /** Bytes of a socket's buffer that hold what comes while a thread is late. */
  readonly socketBufferBytes: number;
}

/** Files of a Deno process with all its libraries loaded: 23 to 30 measured. */
const BASE_FILES = 44;
/** Files of a thread and of its lane: 7 measured. */
const FILES_PER_WORKER = 8;
/** Pipes to a mediasoup worker, of which there is one a core. */
const FILES_OF_MEDIASOUP = 64;

const BASE_BYTES = 150e6;
const BYTES_PER_WORKER = 60e6;
const BYTES_PER_CLIENT = 1.5e6;

/** Of one core, for a packet: FFI and libcrypto against `node:dgram` and `node:crypto`, signaling and reports included. */
const CORE_SECONDS_PER_PACKET = { native: 10e-6, portable: 60e-6 } as const;
/** The same of the server that forwards it. */
const CORE_SECONDS_PER_FORWARDED = {
  mediasoup: 10e-6,
  werift: 25e-6,
} as const;

/** What the native lane asks of the kernel for a socket. */
const SOCKET_BUFFER_BYTES = 1_048_576;

/** What a run of this size needs. */
export function runNeed(size: RunSize): RunNeed {
  const { clients, transports, workers, engine, packetsHz, datapath } = size;
  const own = BASE_FILES + FILES_PER_WORKER * workers + clients + transports;
  const embedded = engine !== null;
  return {
    clients,
    files: Math.max(own, filesOfServer(size)),
    udpPorts: engine === "werift" ? 2 * transports : transports,
    tcpPorts: clients,
    memoryBytes:
      (embedded ? 2 : 1) * (BASE_BYTES + BYTES_PER_CLIENT * clients) +
      BYTES_PER_WORKER * (workers - 1),
    cores: packetsHz * (CORE_SECONDS_PER_PACKET[datapath] +
      (engine === null ? 0 : CORE_SECONDS_PER_FORWARDED[engine])),
    socketBufferBytes: SOCKET_BUFFER_BYTES,
  };
}

/** A mediasoup worker has one port for all; werift has a socket a transport. */
function filesOfServer({ engine, clients, transports }: RunSize): number {
  switch (engine) {
    case null:
      return 0;
    case "mediasoup":
      return BASE_FILES + FILES_OF_MEDIASOUP + clients;
    case "werift":
      return BASE_FILES + clients + transports;
  }
}
