/**
 * Packets: RTP headers, VP8 and Opus payloads, pacing, reception statistics,
 * RTCP. It knows bytes and sequence numbers; it knows nothing of JSON, rooms
 * or sockets.
 *
 * @module
 */

export * from "./media_options.ts";
export {
  clipNamed,
  describeMedia,
  type KindsSent,
  SYNTHETIC,
} from "./described.ts";
export * from "./receive/arrival_log.ts";
export * from "./receive/audio_playout.ts";
export * from "./send/audio_sender.ts";
export * from "./send/clip_audio_sender.ts";
export * from "./send/clip_video_sender.ts";
export * from "./receive/frame_rhythm.ts";
export * from "./receive/frame_tracker.ts";
export * from "./receive/lip_sync.ts";
export * from "./receive/nack_list.ts";
export * from "./rtp/ntp.ts";
export * from "./send/packetize.ts";
export * from "./send/presets.ts";
export * from "./rtp/rtcp.ts";
export * from "./rtp/rtp.ts";
export * from "./rtp/rtp_header.ts";
export * from "./send/rtx_stream.ts";
export * from "./send/sent_history.ts";
export * from "./send/simulcast_sender.ts";
export * from "./receive/track_receiver.ts";
export * from "./receive/video_playout.ts";
export { BASE_EVERY_FRAMES, TEMPORAL_LAYERS } from "./send/temporal_layers.ts";
export * from "./send/track_sender.ts";
export * from "./send/uplink.ts";
export * from "./send/video_sender.ts";
export * from "./payload/vp8.ts";
