// @ts-check
import { acceptsDataChannels, countCandidates, endsCandidates, inOrder, withStereoOpus } from './sdp.js';

/**
 * One WebRTC connection: offered to the service once, closed for good when it fails; its successor is another Peer. The
 * browser offers two receivers and two data channels, and both sides trickle: nothing ever waits for gathering. The
 * offer is made beforehand, so that it can leave at the service's first word.
 *
 * @typedef {'new'|'checking'|'reachable'|'connected'|'disconnected'|'ice_failed'|'dtls_failed'|'closed'} PeerState
 *   `reachable`: ICE has found a way, DTLS has yet to finish
 *
 * @typedef {object} PeerEvents
 * @property {(message: object) => void} onSignal  to be sent to the service
 * @property {(state: PeerState) => void} onState
 * @property {(kind: 'video'|'audio', track: MediaStreamTrack, receiver: RTCRtpReceiver) => void} onTrack
 * @property {(problem: string) => void} onProblem for diagnostics
 */

/**
 * A browser that knows every candidate of both sides and still checks no pair of them has none to check: Firefox pairs no
 * loopback address, and says so only after 5 s.
 */
const NOTHING_TO_CHECK_MS = 500;

/** @type {RTCConfiguration} */
const CONFIGURATION = Object.freeze({ bundlePolicy: 'max-bundle' });

export class Peer {
  #connection;
  #events;
  #inputChannel;
  #pointerChannel;
  /** @type {Array<RTCIceCandidateInit>} candidates that arrived before the answer */
  #early = [];
  #answered = false;
  /** Every candidate of the other side is known. */
  #remoteComplete = false;
  #hasChannels = true;
  #closed = false;
  /** A closed connection lives on in the browser for a while: nothing of it is heard any more. */
  #listening = new AbortController();
  /** @type {PeerState} */
  #state = 'new';
  /** @type {string|undefined} */
  #lane;
  #candidates = { local: 0, remote: 0 };
  /** @type {Promise<string>} the offer's text */
  #prepared;

  /**
   * @param {{ codec?: string }} wishes codec: wanted first
   * @param {PeerEvents} events
   */
  constructor({ codec }, events) {
    this.#events = events;
    const connection = new RTCPeerConnection(CONFIGURATION);
    this.#connection = connection;
    const { signal } = this.#listening;
    connection.addEventListener('icecandidate', ({ candidate }) => this.#gathered(candidate), { signal });
    connection.addEventListener('icecandidateerror', (event) =>
      events.onProblem(`${event.url}: ${event.errorCode} ${event.errorText}`),
      { signal },
    );
    connection.addEventListener('icegatheringstatechange', () => this.#gatheringChanged(), { signal });
    connection.addEventListener('iceconnectionstatechange', () => this.#changed(), { signal });
    connection.addEventListener('connectionstatechange', () => this.#changed(), { signal });
    connection.addEventListener('track', ({ track, receiver }) => {
      playAtOnce(receiver, track.kind);
      events.onTrack(track.kind === 'audio' ? 'audio' : 'video', track, receiver);
    }, { signal });
    this.#inputChannel = connection.createDataChannel('input', { ordered: true });
    this.#pointerChannel = connection.createDataChannel('pointer', { ordered: false, maxRetransmits: 0 });
    // A closed input channel is the fastest word of a server that goes away.
    this.#inputChannel.addEventListener('close', () => this.#lostChannel(), { signal });
    this.#prepared = this.#prepare(codec);
    // Whoever offers it hears of the failure.
    this.#prepared.catch(() => {});
  }

  get connection() {
    return this.#connection;
  }

  /**
   * Another listener, who is told the tracks that are there already.
   *
   * @param {Pick<PeerEvents, 'onState'|'onTrack'>} events
   */
  listen(events) {
    this.#events = { ...this.#events, ...events };
    for (const receiver of this.#connection.getReceivers()) {
      events.onTrack(receiver.track.kind === 'audio' ? 'audio' : 'video', receiver.track, receiver);
    }
  }

  get lane() {
    return this.#lane;
  }

  get state() {
    return this.#state;
  }

  /** How many candidates each side has shown: no remote ones points at the server, no local ones at this browser. */
  get candidates() {
    return { ...this.#candidates };
  }

  /** @param {string|undefined} codec */
  async #prepare(codec) {
    const video = this.#connection.addTransceiver('video', { direction: 'recvonly' });
    this.#connection.addTransceiver('audio', { direction: 'recvonly' });
    const capabilities = RTCRtpReceiver.getCapabilities?.('video');
    if (capabilities && video.setCodecPreferences) {
      video.setCodecPreferences(inOrder(capabilities.codecs, codec));
    }
    const offer = await this.#connection.createOffer();
    return withStereoOpus(offer.sdp ?? '');
  }

  /**
   * Sends the offer.
   *
   * @param {{ iceServers: RTCIceServer[], lane?: string }} terms of the service's welcome
   */
  async offer({ iceServers, lane }) {
    const sdp = await this.#prepared;
    if (this.#closed) {
      return;
    }
    // Before candidates are gathered.
    this.#connection.setConfiguration({ ...CONFIGURATION, iceServers });
    // Sent before it is applied: candidates start with setLocalDescription and must not overtake the offer.
    this.#events.onSignal({ type: 'offer', sdp, ...(lane ? { lane } : {}) });
    await this.#connection.setLocalDescription({ type: 'offer', sdp });
  }

  /** @param {import('./messages.js').Answer} answer */
  async answer(answer) {
    if (this.#closed || this.#answered) {
      return;
    }
    this.#answered = true;
    this.#lane = answer.lane;
    this.#hasChannels = acceptsDataChannels(answer.sdp);
    this.#candidates.remote += countCandidates(answer.sdp);
    await this.#connection.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    for (const candidate of this.#early.splice(0)) {
      await this.#add(candidate);
    }
    this.#remoteComplete = endsCandidates(answer.sdp);
    this.#gatheringChanged();
  }

  /** @param {import('./messages.js').Candidate} message */
  async candidate({ candidate, sdpMid, sdpMLineIndex }) {
    this.#candidates.remote += candidate === '' ? 0 : 1;
    const init = { candidate, sdpMid: sdpMid ?? '0', sdpMLineIndex: sdpMLineIndex ?? 0 };
    if (this.#connection.remoteDescription === null) {
      this.#early.push(init);
    } else {
      await this.#add(init);
    }
  }

  /**
   * @param {string} text
   * @param {'input'|'pointer'} channel
   * @returns {'sent'|'unavailable'|'no-channel'} `no-channel`: this lane has none, use the WebSocket
   */
  send(text, channel) {
    if (!this.#hasChannels) {
      return 'no-channel';
    }
    const target = channel === 'pointer' ? this.#pointerChannel : this.#inputChannel;
    if (target.readyState !== 'open') {
      return 'unavailable';
    }
    target.send(text);
    return 'sent';
  }

  close() {
    if (!this.#closed) {
      this.#closed = true;
      this.#listening.abort();
      this.#connection.close();
      this.#state = 'closed';
    }
  }

  /** @param {RTCIceCandidate|null} candidate */
  #gathered(candidate) {
    if (this.#closed) {
      return;
    }
    this.#candidates.local += candidate?.candidate ? 1 : 0;
    this.#events.onSignal({
      type: 'candidate',
      candidate: candidate?.candidate ?? '',
      sdpMid: candidate?.sdpMid ?? '0',
      sdpMLineIndex: candidate?.sdpMLineIndex ?? 0,
    });
  }

  #gatheringChanged() {
    if (this.#remoteComplete && this.#connection.iceGatheringState === 'complete') {
      setTimeout(() => {
        if (!this.#closed && this.#connection.iceConnectionState === 'new') {
          this.#set('ice_failed');
        }
      }, NOTHING_TO_CHECK_MS);
    }
  }

  /** @param {RTCIceCandidateInit} candidate */
  async #add(candidate) {
    try {
      await this.#connection.addIceCandidate(candidate);
    } catch (failure) {
      this.#events.onProblem(`candidate refused: ${/** @type {Error} */ (failure).message}`);
    }
  }

  #lostChannel() {
    if (!this.#closed && this.#hasChannels && this.#state === 'connected') {
      this.#set('disconnected');
    }
  }

  #changed() {
    if (this.#closed) {
      return;
    }
    const { connectionState, iceConnectionState } = this.#connection;
    const isReachable = iceConnectionState === 'connected' || iceConnectionState === 'completed';
    if (connectionState === 'connected') {
      this.#set('connected');
    } else if (connectionState === 'failed' || iceConnectionState === 'failed') {
      this.#set(isReachable || this.#state === 'reachable' ? 'dtls_failed' : 'ice_failed');
    } else if (connectionState === 'disconnected' || iceConnectionState === 'disconnected') {
      this.#set('disconnected');
    } else if (connectionState === 'closed') {
      this.#set('disconnected');
    } else if (isReachable) {
      this.#set('reachable');
    } else if (iceConnectionState === 'checking') {
      this.#set('checking');
    }
  }

  /** @param {PeerState} state */
  #set(state) {
    if (state !== this.#state) {
      this.#state = state;
      this.#events.onState(state);
    }
  }
}

/**
 * Asks for the smallest playout delay. Sound keeps the browser's own adaptive buffer: without one it would crackle.
 *
 * @param {RTCRtpReceiver} receiver
 * @param {string} kind
 */
function playAtOnce(receiver, kind) {
  if (kind !== 'video') {
    return;
  }
  if ('jitterBufferTarget' in receiver) {
    receiver.jitterBufferTarget = 0;
  }
  if ('playoutDelayHint' in receiver) {
    /** @type {any} */ (receiver).playoutDelayHint = 0;
  }
}
