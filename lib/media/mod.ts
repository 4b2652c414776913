/**
 * Packets: RTP headers, VP8 and Opus payloads, pacing, reception statistics,
 * RTCP. It knows bytes and sequence numbers; it knows nothing of JSON, rooms
 * or sockets.
 *
 * @module
 */

export * from "./arrival_log.ts";
export * from "./audio_sender.ts";
export * from "./clip_audio_sender.ts";
export * from "./clip_video_sender.ts";
export * from "./frame_rhythm.ts";
export * from "./frame_tracker.ts";
export * from "./nack_list.ts";
export * from "./ntp.ts";
export * from "./packetize.ts";
export * from "./presets.ts";
export * from "./rtcp.ts";
export * from "./rtp.ts";
export * from "./rtp_header.ts";
export * from "./sent_history.ts";
export * from "./simulcast_sender.ts";
export * from "./track_receiver.ts";
export * from "./track_sender.ts";
export * from "./video_sender.ts";
export * from "./vp8.ts";
