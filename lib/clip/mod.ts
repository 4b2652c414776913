/**
 * Real media out of files: WebM, Ogg and IVF to encoded VP8 frames and Opus
 * packets with the time that each takes. It knows containers; it knows
 * nothing of RTP, and decodes nothing.
 *
 * @module
 */

export * from "./clip.ts";
export { ClipCache } from "./clip_cache.ts";
export { loadClip } from "./load_clip.ts";
