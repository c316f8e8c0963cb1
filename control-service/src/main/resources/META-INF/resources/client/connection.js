// @ts-check
import * as control from './control.js';
import { Handover } from './handover.js';
import { Peer } from './peer.js';
import { PeerWatch } from './peer-watch.js';
import { Session } from './session.js';

/**
 * The way to the Mac and back to it: keeps a Session for the life of the page, makes a Peer for each welcome, and feeds
 * the stages with what happens to both. Lives as long as the page.
 *
 * @typedef {object} ConnectionEvents
 * @property {(kind: 'video'|'audio', track: MediaStreamTrack, receiver: RTCRtpReceiver) => void} onTrack
 * @property {() => void} onPeer      another peer, or none: `connection.peer` is the present one
 * @property {() => void} onMoved     another peer, whose picture follows that of the last one at once
 * @property {(state: State, before: State|undefined) => void} onState
 * @property {(pointers: import('./messages.js').PointerOf[]) => void} onPointers  where the others point now
 * @property {() => void} onWelcome   the service knows this page by a new id, and nothing else of it
 * @property {(message: string) => void} onRefusal  a request for the controls was refused, in the service's words
 * @property {() => void} onChange    something that is shown has changed
 *
 * @typedef {import('./messages.js').State} State
 *
 * @typedef {object} ConnectionContext
 * @property {import('./stages.js').ConnectionStages} stages
 * @property {import('./diagnostics.js').Diagnostics} diagnostics
 * @property {import('./lane-choice.js').LaneChoice} lanes
 * @property {string} [codec] wanted first
 * @property {string|null} [mac] the session, where the server has several
 *
 * @typedef {[kind: 'video'|'audio', track: MediaStreamTrack, receiver: RTCRtpReceiver]} Arrival
 */

/** @type {ConnectionEvents} */
const UNHEARD = Object.freeze({
  onTrack: () => {},
  onPeer: () => {},
  onMoved: () => {},
  onState: () => {},
  onPointers: () => {},
  onWelcome: () => {},
  onRefusal: () => {},
  onChange: () => {},
});

export class Connection {
  #stages;
  #diagnostics;
  #lanes;
  #codec;
  /** @type {string|null|undefined} */
  #mac;
  #events;
  #session;
  /** @type {Peer|undefined} */
  #peer;
  /** @type {Peer|undefined} made while the service is asked, for its welcome */
  #next;
  /** @type {Arrival[]} what the present peer receives */
  #tracks = [];
  #handover = new Handover();
  /** @type {RTCIceServer[]} */
  #iceServers = [];
  /** @type {readonly string[]} */
  #offered = [];
  /** @type {State|undefined} */
  #state;
  /** @type {string|undefined} */
  #viewer;
  /** @type {readonly import('./messages.js').Participant[]} */
  #participants = [];
  /** @type {import('./session.js').Interruption|undefined} */
  #interruption;
  /** @type {number|undefined} */
  #interruptedAt;
  /** @type {control.ConnectionInfo|undefined} */
  #address;
  #watch;

  /**
   * @param {ConnectionContext} context
   * @param {Partial<ConnectionEvents>} events what matters before somebody listens to them all
   */
  constructor({ stages, diagnostics, lanes, codec, mac }, events) {
    this.#stages = stages;
    this.#diagnostics = diagnostics;
    this.#lanes = lanes;
    this.#codec = codec;
    this.#mac = mac;
    this.#events = { ...UNHEARD, ...events };
    this.#session = new Session(
      {
        openSocket: (url) => new WebSocket(url),
        findUrl: (attempt) => this.#findUrl(attempt),
        setTimer: (run, ms) => setTimeout(run, ms),
        clearTimer: (timer) => clearTimeout(timer),
        now: () => performance.now(),
        random: () => Math.random(),
      },
      {
        onPhase: (phase, interruption) => this.#phaseChanged(phase, interruption),
        onMessage: (message) => this.#received(message),
        onProblem: (problem) => diagnostics.note(problem),
      },
    );
    this.#watch = new PeerWatch(stages, {
      reconnect: () => this.#session.restart(),
      note: (problem) => diagnostics.note(problem),
    });
  }

  /**
   * Somebody else hears of everything from now on, and at once of what there is already.
   *
   * @param {ConnectionEvents} events
   */
  listen(events) {
    this.#events = events;
    this.#tracks.forEach((arrival) => events.onTrack(...arrival));
    if (this.#state) {
      events.onState(this.#state, undefined);
    }
    if (this.#session.phase === 'open') {
      events.onWelcome();
    }
  }

  get session() {
    return this.#session;
  }

  get peer() {
    return this.#peer;
  }

  /** What the service last said about the Mac. */
  get state() {
    return this.#state;
  }

  /** This page's name among the viewers, new with every connection. */
  get viewer() {
    return this.#viewer;
  }

  /** Everybody who is here, as far as this viewer is told. */
  get participants() {
    return this.#participants;
  }

  get interruption() {
    return this.#interruption;
  }

  /** Milliseconds since the connection was lost, 0 while it is there. */
  get interruptedFor() {
    return this.#interruptedAt === undefined ? 0 : performance.now() - this.#interruptedAt;
  }

  /** Whether another try comes by itself. */
  get retrying() {
    return this.#interruption?.retryInMs !== undefined || this.#watch.failing;
  }

  start() {
    this.#stages.again();
    if (typeof RTCPeerConnection === 'undefined') {
      this.#stages.fail('page', 'no_webrtc');
      return;
    }
    this.#session.start();
  }

  /** The visitor asks for another try now. */
  retry() {
    this.#watch.forgive();
    if (this.#session.phase === 'open') {
      this.#session.restart();
    } else {
      this.#stages.again();
      this.#session.start();
    }
  }

  /** The network is said to be back, or the page to be visible again. */
  wake() {
    this.#session.wake();
  }

  stop() {
    this.#session.stop();
    this.#next?.close();
    this.#next = undefined;
  }

  /** The first frame of the present peer is on the screen. */
  pictureShown() {
    this.#handover.shown();
    this.#watch.pictureShown();
    this.#interruptedAt = undefined;
    this.#diagnostics.marks.mark('firstFrame');
    this.#stages.done('picture');
  }

  /**
   * @param {number} attempt
   * @returns {Promise<string>}
   */
  async #findUrl(attempt) {
    // After an interruption the known address is tried first; it may have changed with the server.
    if (!this.#address || attempt > 0) {
      try {
        this.#address = await (this.#mac ? control.visit(this.#mac) : control.connectionInfo());
      } catch (failure) {
        if (!this.#address) {
          throw failure;
        }
      }
    }
    return control.signalingUrl(this.#address, location, this.#mac);
  }

  /**
   * @param {import('./session.js').Phase} phase
   * @param {import('./session.js').Interruption} [interruption]
   */
  #phaseChanged(phase, interruption) {
    switch (phase) {
      case 'connecting':
        this.#diagnostics.marks.mark('opened');
        // In a task of its own: the request for the service's address leaves first.
        setTimeout(() => {
          if (this.#session.phase === 'connecting') {
            this.#next ??= this.#newPeer();
          }
        });
        break;
      case 'open':
        this.#interruption = undefined;
        this.#diagnostics.marks.mark('welcome');
        this.#stages.done('service');
        break;
      case 'waiting':
      case 'ended':
        this.#interrupted(phase, interruption);
        break;
      default:
    }
    this.#events.onChange();
  }

  /**
   * @param {'waiting'|'ended'} phase
   * @param {import('./session.js').Interruption} [interruption]
   */
  #interrupted(phase, interruption) {
    this.#diagnostics.note(`session ${phase}: ${JSON.stringify(interruption)}`);
    this.#interruption = interruption;
    this.#interruptedAt ??= performance.now();
    this.#closePeer();
    this.#stages.again();
    const cause = interruption?.cause;
    if (cause === 'requested') {
      return;
    }
    const fallback = navigator.onLine ? (cause ?? 'unreachable') : 'offline';
    this.#stages.fail('service', interruption?.reason ?? interruption?.code ?? fallback, interruption?.message);
    if (phase === 'ended') {
      this.#stages.end();
    }
  }

  /** @param {import('./messages.js').ServerMessage} message */
  #received(message) {
    switch (message.type) {
      case 'welcome':
        this.#connect(message);
        break;
      case 'answer':
        this.#watch.proceeds();
        this.#diagnostics.marks.mark('answer');
        (this.#handover.peer ?? this.#peer)
          ?.answer(message)
          .catch((failure) => this.#watch.failed('service', 'refused', failure.message));
        break;
      case 'candidate':
        (this.#handover.peer ?? this.#peer)?.candidate(message);
        break;
      case 'move':
        this.#move(message);
        break;
      case 'state':
        this.#stateChanged(message);
        break;
      case 'participants':
        this.#participants = message.participants;
        this.#events.onChange();
        break;
      case 'pointers':
        this.#events.onPointers(message.pointers.filter(({ viewer }) => viewer !== this.#viewer));
        break;
      case 'error':
        this.#refused(message);
        break;
      default:
    }
  }

  /** @param {import('./messages.js').Welcome} welcome */
  #connect(welcome) {
    this.#closePeer();
    this.#arrivedAt(welcome);
    this.#events.onPointers([]);
    this.#events.onWelcome();
    const peer = this.#next ?? this.#newPeer();
    this.#next = undefined;
    this.#peer = peer;
    this.#events.onPeer();
    this.#watch.offering(peer);
    this.#diagnostics.marks.mark('offer');
    peer.offer({ iceServers: this.#iceServers, lane: this.#lanes.next(this.#offered) }).catch((failure) => {
      this.#diagnostics.note(`offer: ${failure.message}`);
      this.#stages.fail('page', 'no_webrtc', failure.message);
    });
  }

  /**
   * Another media-service, or the same one anew, knows this page.
   *
   * @param {import('./messages.js').Welcome|import('./messages.js').Move} facts
   */
  #arrivedAt(facts) {
    this.#viewer = facts.viewer;
    this.#participants = [];
    this.#iceServers = facts.iceServers ?? [];
    this.#offered = facts.lanes ?? [];
  }

  #newPeer() {
    /** @type {Peer} */
    const peer = new Peer(
      { codec: this.#codec },
      {
        onSignal: (message) => this.#session.send(message),
        onState: (state) => peer === this.#peer && this.#peerChanged(peer, state),
        onTrack: (...arrival) => peer === this.#peer && this.#arrived(arrival),
        onProblem: (problem) => this.#diagnostics.note(problem),
      },
    );
    return peer;
  }

  /**
   * Connects a second time while the first connection plays on: the service wants this viewer on another lane or another
   * machine. Without a peer there is nothing to keep, and the next welcome connects.
   *
   * @param {import('./messages.js').Move} move
   */
  #move(move) {
    this.#diagnostics.note(`move: ${move.reason}`);
    if (move.viewer !== undefined) {
      this.#arrivedAt(move);
    }
    if (!this.#peer) {
      return;
    }
    const lane = move.lane && move.lane !== 'auto' ? move.lane : this.#lanes.next(this.#offered);
    const peer = this.#handover.begin({ codec: this.#codec }, {
      onSignal: (message) => this.#session.send(message),
      onProblem: (problem) => this.#diagnostics.note(problem),
      onPicture: () => this.#moved(peer),
    });
    peer
      .offer({ iceServers: this.#iceServers, lane })
      .catch((failure) => this.#diagnostics.note(`offer: ${failure.message}`));
  }

  /** @param {Arrival} arrival */
  #arrived(arrival) {
    this.#tracks.push(arrival);
    this.#events.onTrack(...arrival);
  }

  /** @param {Peer} peer whose picture has begun */
  #moved(peer) {
    this.#watch.proceeds();
    const former = this.#peer;
    this.#peer = peer;
    this.#tracks = [];
    this.#events.onMoved();
    peer.listen({
      onState: (state) => peer === this.#peer && this.#peerChanged(peer, state),
      onTrack: (...arrival) => peer === this.#peer && this.#arrived(arrival),
    });
    this.#peerChanged(peer, peer.state);
    this.#handover.end(former);
  }

  /**
   * @param {Peer} peer
   * @param {import('./peer.js').PeerState} state
   */
  #peerChanged(peer, state) {
    if (state !== 'checking') {
      this.#watch.proceeds();
    }
    switch (state) {
      case 'reachable':
        this.#stages.done('ice');
        break;
      case 'connected':
        this.#diagnostics.marks.mark('connected');
        this.#watch.forgive();
        this.#lanes.worked();
        this.#stages.done('ice');
        this.#stages.done('dtls');
        this.#expectPicture();
        break;
      case 'disconnected':
        // Word of a restarting server may still come over the WebSocket; a network that is gone says nothing.
        this.#session.wake();
        this.#watch.interrupted();
        break;
      case 'ice_failed':
        this.#lanes.failed(peer.lane);
        this.#watch.failed('ice', peer.candidates.remote === 0 ? 'ice_no_remote' : 'ice_failed');
        break;
      case 'dtls_failed':
        this.#watch.failed('dtls', 'dtls_failed');
        break;
      default:
    }
  }

  #expectPicture() {
    this.#watch.expectPicture(() => this.#state?.emulator === 'connected');
  }

  /** @param {State} state */
  #stateChanged(state) {
    const before = this.#state;
    this.#state = state;
    this.#events.onState(state, before);
    if (state.emulator !== 'connected') {
      this.#stages.emulatorAbsent();
      return;
    }
    this.#stages.done('emulator');
    if (before?.emulator !== 'connected' && this.#stages.status('dtls') === 'done') {
      this.#expectPicture();
    }
  }

  /** @param {import('./messages.js').ServiceError} error */
  #refused({ code, message, fatal }) {
    this.#diagnostics.note(`${code}: ${message}`);
    if (fatal) {
      return;
    }
    if (code === 'session_starting') {
      this.#stages.hold('service', code, message);
    } else if (code === 'control_refused') {
      this.#events.onRefusal(message);
    } else {
      this.#watch.refused(code, message);
    }
  }

  #closePeer() {
    this.#handover.cancel();
    this.#watch.rest();
    const peer = this.#peer;
    if (peer) {
      this.#peer = undefined;
      this.#tracks = [];
      this.#events.onPeer();
      peer.close();
    }
  }
}
