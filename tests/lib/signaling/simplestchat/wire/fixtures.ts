/** One valid example of every message, as it goes over the wire. */

import type {
  ClientMessage,
  ServerMessage,
} from "../../../../../lib/signaling/simplestchat/wire/mod.ts";

const sha256 = Array(32).fill("7F").join(":");
const mid = "urn:ietf:params:rtp-hdrext:sdes:mid";

export const routerRtpCapabilities = {
  codecs: [
    {
      kind: "audio",
      mimeType: "audio/opus",
      preferredPayloadType: 111,
      clockRate: 48000,
      channels: 2,
      parameters: { minptime: 10, useinbandfec: 1 },
      rtcpFeedback: [
        { type: "nack", parameter: "" },
        { type: "transport-cc", parameter: "" },
      ],
    },
    {
      kind: "video",
      mimeType: "video/VP8",
      preferredPayloadType: 96,
      clockRate: 90000,
      parameters: {},
      rtcpFeedback: [
        { type: "nack", parameter: "" },
        { type: "nack", parameter: "pli" },
        { type: "ccm", parameter: "fir" },
      ],
    },
    {
      kind: "video",
      mimeType: "video/rtx",
      preferredPayloadType: 100,
      clockRate: 90000,
      parameters: { apt: 96 },
      rtcpFeedback: [],
    },
  ],
  headerExtensions: [{
    kind: "audio",
    uri: mid,
    preferredId: 1,
    preferredEncrypt: false,
    direction: "sendrecv",
  }],
} as const;

export const videoParameters = {
  codecs: [{
    mimeType: "video/VP8",
    payloadType: 96,
    clockRate: 90000,
    parameters: {},
    rtcpFeedback: [{ type: "nack", parameter: "" }, {
      type: "nack",
      parameter: "pli",
    }],
  }],
  headerExtensions: [{ uri: mid, id: 1, encrypt: false }],
  encodings: [{ ssrc: 3735928559, maxBitrate: 1000000 }],
  rtcp: { cname: "c3", reducedSize: true },
} as const;

export const iceParameters = {
  usernameFragment: "9u34jj0123456789abcdef01234532ch",
  password: "7slq510123456789abcdef01234532ch",
  iceLite: true,
} as const;

const roomSettings = {
  id: "r1",
  ownerId: "p1",
  displayName: "Room One",
  passwordProtected: false,
  requireRegistration: false,
  maxParticipants: null,
  maxBroadcasters: 8,
  allowScreenSharing: true,
  allowChat: true,
  allowVideo: true,
  moderated: false,
  inviteOnly: false,
  secret: false,
  lobbyEnabled: false,
  pushToTalk: false,
  guestsAllowed: true,
  guestsCanBroadcast: true,
  topic: null,
} as const;

type Examples<Message extends { readonly type: string }> = {
  readonly [Type in Message["type"]]: Extract<Message, { readonly type: Type }>;
};

/** A missing message does not compile. */
export const clientExamples: Examples<ClientMessage> = {
  joinRoom: { type: "joinRoom", roomId: "r1", participantName: "TestUser3" },
  leaveRoom: { type: "leaveRoom" },
  reconnect: {
    type: "reconnect",
    participantId: "p1",
    roomId: "r1",
    reconnectToken: "t1",
  },
  getRouterRtpCapabilities: { type: "getRouterRtpCapabilities" },
  createSendTransport: { type: "createSendTransport" },
  createRecvTransport: { type: "createRecvTransport" },
  connectTransport: {
    type: "connectTransport",
    transportId: "t1",
    dtlsParameters: {
      role: "client",
      fingerprints: [{ algorithm: "sha-256", value: sha256 }],
    },
  },
  restartIce: { type: "restartIce", transportId: "t1" },
  produce: {
    type: "produce",
    transportId: "t1",
    kind: "video",
    source: "camera",
    rtpParameters: videoParameters,
  },
  closeProducer: { type: "closeProducer", producerId: "e1" },
  pauseProducer: { type: "pauseProducer", producerId: "e1" },
  resumeProducer: { type: "resumeProducer", producerId: "e1" },
  consume: {
    type: "consume",
    producerId: "e1",
    rtpCapabilities: routerRtpCapabilities,
  },
  resumeConsumer: { type: "resumeConsumer", consumerId: "c1" },
  pauseConsumer: { type: "pauseConsumer", consumerId: "c1" },
  setConsumerPreferredLayers: {
    type: "setConsumerPreferredLayers",
    consumerId: "c1",
    spatialLayer: 1,
  },
  chatMessage: { type: "chatMessage", content: "hi" },
  requestVoice: { type: "requestVoice" },
  closeCam: { type: "closeCam", targetParticipantId: "p2" },
  camBan: { type: "camBan", targetParticipantId: "p2", reason: "spam" },
  camUnban: { type: "camUnban", targetParticipantId: "p2" },
  textMute: { type: "textMute", targetParticipantId: "p2" },
  textUnmute: { type: "textUnmute", targetParticipantId: "p2" },
  kick: { type: "kick", targetParticipantId: "p2", reason: "spam" },
  ban: { type: "ban", targetParticipantId: "p2", duration: 60 },
  unban: { type: "unban", targetUserId: "u2" },
  setRole: { type: "setRole", targetParticipantId: "p2", role: 2 },
  updateRoomSettings: {
    type: "updateRoomSettings",
    moderated: true,
    maxParticipants: 5,
    password: "secret",
  },
  setTopic: { type: "setTopic", topic: "news" },
  admitFromLobby: { type: "admitFromLobby", targetParticipantId: "p2" },
  denyFromLobby: { type: "denyFromLobby", targetParticipantId: "p2" },
};

/** A missing message does not compile. */
export const serverExamples: Examples<ServerMessage> = {
  error: { type: "error", message: "Error: Not in a room" },
  roomJoined: {
    type: "roomJoined",
    participantId: "p1",
    participants: [{
      id: "p0",
      name: "TestUser0",
      producers: [{ id: "e0", kind: "audio", source: "microphone" }],
      role: "owner",
    }],
    reconnectToken: "t1",
    yourRole: "guest",
    roomSettings,
  },
  reconnectResult: {
    type: "reconnectResult",
    success: false,
    participantId: "p1",
  },
  routerRtpCapabilities: {
    type: "routerRtpCapabilities",
    rtpCapabilities: routerRtpCapabilities,
  },
  transportCreated: {
    type: "transportCreated",
    transportId: "t1",
    iceParameters,
    iceCandidates: [{
      foundation: "udpcandidate",
      priority: 1076302079,
      address: "192.0.2.10",
      protocol: "udp",
      port: 40000,
      type: "host",
    }],
    dtlsParameters: {
      role: "auto",
      fingerprints: [{ algorithm: "sha-256", value: sha256 }],
    },
  },
  transportConnected: { type: "transportConnected", transportId: "t1" },
  iceRestarted: { type: "iceRestarted", transportId: "t1", iceParameters },
  producerCreated: { type: "producerCreated", producerId: "e1" },
  consumerCreated: {
    type: "consumerCreated",
    consumerId: "c1",
    producerId: "e1",
    kind: "video",
    rtpParameters: {
      mid: "0",
      ...videoParameters,
      encodings: [{
        ssrc: 504582721,
        rtx: { ssrc: 504582722 },
        maxBitrate: 1000000,
      }],
    },
  },
  consumerResumed: { type: "consumerResumed", consumerId: "c1" },
  consumerPaused: { type: "consumerPaused", consumerId: "c1" },
  participantJoined: {
    type: "participantJoined",
    participantId: "p2",
    participantName: "TestUser4",
    role: "guest",
    authenticated: false,
  },
  participantLeft: { type: "participantLeft", participantId: "p2" },
  newProducer: {
    type: "newProducer",
    participantId: "p1",
    producerId: "e1",
    kind: "video",
    source: null,
  },
  producerClosed: { type: "producerClosed", producerId: "e1" },
  producerPaused: { type: "producerPaused", producerId: "e1" },
  producerResumed: { type: "producerResumed", producerId: "e1" },
  connectionStats: {
    type: "connectionStats",
    availableBitrate: 600000,
    rtt: null,
  },
  consumerLayersChanged: {
    type: "consumerLayersChanged",
    consumerId: "c1",
    spatialLayer: 1,
    temporalLayer: null,
  },
  activeSpeaker: { type: "activeSpeaker", participantId: "p0" },
  audioLevels: {
    type: "audioLevels",
    levels: [{ participantId: "p0", volume: -38 }],
  },
  chatReceived: {
    type: "chatReceived",
    participantId: "p1",
    participantName: "TestUser3",
    content: "hi",
  },
  forceClosedProducer: {
    type: "forceClosedProducer",
    producerId: "e1",
    reason: "Closed by moderator",
  },
  camBanned: { type: "camBanned", participantId: "p2" },
  camUnbanned: { type: "camUnbanned", participantId: "p2" },
  textMuted: { type: "textMuted", participantId: "p2" },
  textUnmuted: { type: "textUnmuted", participantId: "p2" },
  participantKicked: {
    type: "participantKicked",
    participantId: "p2",
    reason: "spam",
  },
  participantBanned: {
    type: "participantBanned",
    participantId: "p2",
    reason: null,
  },
  roleChanged: {
    type: "roleChanged",
    participantId: "p2",
    newRole: "member",
    grantedBy: "p0",
  },
  voiceRequested: {
    type: "voiceRequested",
    participantId: "p2",
    displayName: "TestUser4",
  },
  roomSettingsChanged: { type: "roomSettingsChanged", settings: roomSettings },
  topicChanged: { type: "topicChanged", topic: "news", changedBy: "p0" },
  lobbyWaiting: {
    type: "lobbyWaiting",
    roomName: "Room One",
    topic: null,
    participantCount: 3,
  },
  lobbyJoin: {
    type: "lobbyJoin",
    participantId: "p2",
    displayName: "TestUser4",
    authenticated: false,
  },
  lobbyAdmitted: { type: "lobbyAdmitted" },
  lobbyDenied: { type: "lobbyDenied", reason: null },
};
