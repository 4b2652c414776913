/**
 * The Linux system calls of the native lane, by `Deno.dlopen` of libc, and
 * the layout of their structures. The layouts are those of 64-bit Linux on
 * x86-64 and AArch64, which differ only in `epoll_event`.
 *
 * @module
 */

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  setsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "u32"],
    result: "i32",
  },
  getsockopt: {
    parameters: ["i32", "i32", "i32", "buffer", "buffer"],
    result: "i32",
  },
  close: { parameters: ["i32"], result: "i32" },
  sendmsg: { parameters: ["i32", "buffer", "i32"], result: "i32" },
  sendmmsg: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  recvmmsg: {
    parameters: ["i32", "buffer", "u32", "i32", "pointer"],
    result: "i32",
  },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  usleep: { parameters: ["u32"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const;

/** libc's functions, by the names above. */
export type LibcSymbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** An open libc. */
export interface Libc {
  readonly sys: LibcSymbols;
  /** The error number of the last call that failed on this thread. */
  errno(): number;
  close(): void;
}

/** Opens libc; throws when it is missing or FFI is refused. */
export function openLibc(): Libc {
  const library = Deno.dlopen("libc.so.6", SYMBOLS);
  const sys = library.symbols;
  const at = sys.__errno_location();
  if (at === null) throw new Error("Cannot use libc: it has no errno.");
  const view = new Deno.UnsafePointerView(at);
  return {
    sys,
    errno: () => view.getInt32(),
    close: () => library.close(),
  };
}

export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0x800;
export const SOCK_CLOEXEC = 0x80000;
export const SOL_SOCKET = 1;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_TIMESTAMPNS = 35;
export const SO_MEMINFO = 55;
export const SOL_UDP = 17;
export const UDP_SEGMENT = 103;
export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
export const EPOLL_CTL_ADD = 1;
export const EPOLLIN = 1;
export const CLOCK_REALTIME = 0;
export const EINTR = 4;
export const EIO = 5;
export const EAGAIN = 11;
export const EACCES = 13;
export const EINVAL = 22;
export const EMFILE = 24;
export const EAFNOSUPPORT = 97;
export const EADDRNOTAVAIL = 99;
export const ENETUNREACH = 101;
export const ENOBUFS = 105;
/** An earlier datagram met a closed port; told once, in place of the next send. */
export const ECONNREFUSED = 111;
export const EHOSTUNREACH = 113;

/** `struct msghdr`: 56 bytes; `struct mmsghdr` adds `msg_len`, padded to 64. */
export const MSGHDR = {
  bytes: 64,
  iov: 16,
  iovlen: 24,
  control: 32,
  controllen: 40,
  flags: 48,
  length: 56,
} as const;

/** `struct iovec`: base and length. */
export const IOVEC_BYTES = 16;

/** `struct cmsghdr`: length, level, type, then the data. */
export const CMSG = { length: 0, level: 8, type: 12, data: 16 } as const;

/** SO_MEMINFO's 32-bit words: the room for what is received (SK_MEMINFO_RCVBUF), and what the socket dropped (SK_MEMINFO_DROPS). */
export const MEMINFO = { bytes: 36, receiveRoom: 4, drops: 32 } as const;

/** `struct epoll_event` is packed on x86-64 only. */
export const EPOLL_EVENT = Deno.build.arch === "x86_64"
  ? { bytes: 12, data: 4 } as const
  : { bytes: 16, data: 8 } as const;
