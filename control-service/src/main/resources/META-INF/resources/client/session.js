// @ts-check
import { pauseBefore } from './backoff.js';
import { readServerMessage } from './messages.js';

/**
 * The signalling connection of this page, and its return after every interruption. One Session lives as long as the
 * page; WebSockets come and go inside it. It knows nothing of WebRTC: it delivers the service's messages and says in
 * which phase it is.
 *
 *     connecting --welcome--> open --socket lost, goodbye with retryAfterMs--> waiting --timer, online--> connecting
 *          |                    |
 *          +--------------------+--goodbye without retryAfterMs, fatal error that another try cannot mend--> ended
 *
 * @typedef {'idle'|'connecting'|'open'|'waiting'|'ended'} Phase
 *
 * @typedef {object} Interruption
 * @property {'unreachable'|'lost'|'silent'|'goodbye'|'error'|'requested'|'offline'} cause
 * @property {string} [code]       of the service's error message
 * @property {string} [message]    in words, from the service
 * @property {string} [reason]     of the goodbye
 * @property {number} [retryInMs]  absent when the session has ended
 *
 * @typedef {object} SessionEvents
 * @property {(phase: Phase, interruption?: Interruption) => void} onPhase
 * @property {(message: import('./messages.js').ServerMessage) => void} onMessage
 * @property {(problem: string) => void} onProblem  a message that could not be read, for diagnostics
 *
 * @typedef {object} SocketLike  the part of WebSocket that is used
 * @property {number} readyState
 * @property {(data: string) => void} send
 * @property {(code?: number, reason?: string) => void} close
 * @property {((event: any) => void)|null} onopen
 * @property {((event: any) => void)|null} onmessage
 * @property {((event: any) => void)|null} onclose
 * @property {((event: any) => void)|null} onerror
 *
 * @typedef {object} Surroundings  the browser, replaceable in tests
 * @property {(url: string) => SocketLike} openSocket
 * @property {(attempt: number) => Promise<string>} findUrl  where the signalling service is; an error with a `code`
 *   names why this visitor is refused
 * @property {(run: () => void, ms: number) => unknown} setTimer
 * @property {(timer: any) => void} clearTimer
 * @property {() => number} now     milliseconds, monotonic
 * @property {() => number} random  0 to 1
 */

/** A socket that has neither opened nor failed after this time is given up. */
const OPEN_TIMEOUT_MS = 5000;

/** Shorter than the service waits for a silent browser: a Mac that is started is waited for on the same socket. */
const STARTING_TIMEOUT_MS = 30_000;

const DEFAULT_HEARTBEAT_SECONDS = 15;
/** How long a connection that is doubted may stay silent after a ping. */
const PROBE_MS = 1500;
/** Pause after an error that only time can mend. */
const BUSY_PAUSE_MS = 5000;

const SOCKET_OPEN = 1;

/** Errors after which the same page may succeed later, with the least pause before it tries. */
const MENDABLE = Object.freeze({
  media_unavailable: 0,
  internal: 1000,
  ice_failed: 0,
  dtls_failed: 0,
  capacity_reached: BUSY_PAUSE_MS,
  rate_limited: BUSY_PAUSE_MS,
});

export class Session {
  /** @type {Phase} */
  #phase = 'idle';
  /** @type {SocketLike|undefined} */
  #socket;
  /** @type {any} */
  #timer;
  /** @type {any} */
  #heartbeat;
  /** @type {any} */
  #probe;
  #attempt = 0;
  /** Distinguishes this connection's callbacks from those of sockets given up earlier. */
  #generation = 0;
  #interruptedAt = 0;
  #heartbeatMs = DEFAULT_HEARTBEAT_SECONDS * 1000;
  #lastHeard = 0;
  /** @type {import('./messages.js').ServiceError|undefined} */
  #lastError;
  #events;
  #surroundings;

  /**
   * @param {Surroundings} surroundings
   * @param {SessionEvents} events
   */
  constructor(surroundings, events) {
    this.#surroundings = surroundings;
    this.#events = events;
  }

  get phase() {
    return this.#phase;
  }

  /** Connects, or connects again at once if the session waits or has ended. */
  start() {
    if (this.#phase === 'connecting' || this.#phase === 'open') {
      return;
    }
    if (this.#phase !== 'waiting') {
      this.#attempt = 0;
      this.#interruptedAt = this.#surroundings.now();
    }
    this.#connect();
  }

  /** Gives the present connection up and makes a new one at once. */
  restart() {
    if (this.#phase === 'open') {
      this.#interruptedAt = this.#surroundings.now();
      this.#attempt = 0;
      this.#events.onPhase('waiting', { cause: 'requested', retryInMs: 0 });
    }
    this.#connect();
  }

  /** Ends the session for good, for instance when the page goes away. */
  stop() {
    this.#drop();
    this.#setPhase('ended', { cause: 'requested' });
  }

  /** The network is said to be back, or the page to be visible again: waits no longer, or makes sure of the socket. */
  wake() {
    if (this.#phase === 'waiting') {
      this.#connect();
    } else if (this.#phase === 'open') {
      this.#probeNow();
    }
  }

  /**
   * @param {object} message
   * @returns {boolean} whether there was a connection to send it on
   */
  send(message) {
    if (this.#phase !== 'open' || this.#socket?.readyState !== SOCKET_OPEN) {
      return false;
    }
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  async #connect() {
    this.#drop();
    const generation = this.#generation;
    this.#lastError = undefined;
    this.#setPhase('connecting');
    let socket;
    try {
      const url = await this.#surroundings.findUrl(this.#attempt);
      if (generation !== this.#generation) {
        return;
      }
      socket = this.#surroundings.openSocket(url);
    } catch (failure) {
      if (generation === this.#generation) {
        this.#notFound(/** @type {Error & { code?: string }} */ (failure));
      }
      return;
    }
    this.#socket = socket;
    this.#awaitWelcome(OPEN_TIMEOUT_MS);
    socket.onmessage = (event) => this.#receive(event.data);
    socket.onclose = () => this.#closed();
    // A close event always follows an error event, and says no less.
    socket.onerror = () => {};
  }

  /** @param {number} ms after which another connection is tried */
  #awaitWelcome(ms) {
    this.#surroundings.clearTimer(this.#timer);
    this.#timer = this.#surroundings.setTimer(() => this.#waitAfter({ cause: 'unreachable' }), ms);
  }

  /**
   * The signalling service's address is not to be had: nobody answers, or this visitor is refused.
   *
   * @param {Error & { code?: string }} failure code: of an answer that names a reason
   */
  #notFound({ code, message }) {
    if (code) {
      this.#refused({ cause: 'error', code, message });
    } else {
      this.#waitAfter({ cause: 'unreachable', message });
    }
  }

  /** @param {unknown} data */
  #receive(data) {
    this.#lastHeard = this.#surroundings.now();
    this.#surroundings.clearTimer(this.#probe);
    let message;
    try {
      message = readServerMessage(data);
    } catch (failure) {
      this.#events.onProblem(/** @type {Error} */ (failure).message);
      return;
    }
    switch (message.type) {
      case 'pong':
        return;
      case 'welcome':
        this.#surroundings.clearTimer(this.#timer);
        this.#attempt = 0;
        this.#startHeartbeat(message.heartbeatSeconds);
        this.#setPhase('open');
        break;
      case 'error':
        this.#lastError = message.fatal ? message : undefined;
        if (message.code === 'session_starting') {
          this.#awaitWelcome(STARTING_TIMEOUT_MS);
        }
        break;
      case 'goodbye':
        this.#goodbye(message);
        return;
      default:
    }
    this.#events.onMessage(message);
  }

  /** @param {import('./messages.js').Goodbye} message */
  #goodbye(message) {
    if (message.retryAfterMs === undefined || message.retryAfterMs === null) {
      this.#drop();
      this.#setPhase('ended', { cause: 'goodbye', reason: message.reason });
    } else {
      this.#waitAfter({ cause: 'goodbye', reason: message.reason }, message.retryAfterMs);
    }
  }

  #closed() {
    const error = this.#lastError;
    if (!error) {
      this.#waitAfter({ cause: this.#phase === 'open' ? 'lost' : 'unreachable' });
      return;
    }
    this.#refused({ cause: 'error', code: error.code, message: error.message });
  }

  /** @param {Interruption & { code: string }} interruption */
  #refused(interruption) {
    if (Object.hasOwn(MENDABLE, interruption.code)) {
      this.#waitAfter(interruption, MENDABLE[/** @type {keyof typeof MENDABLE} */ (interruption.code)]);
    } else {
      this.#drop();
      this.#setPhase('ended', interruption);
    }
  }

  /** @param {number|undefined} seconds */
  #startHeartbeat(seconds) {
    const valid = typeof seconds === 'number' && seconds >= 1 && seconds <= 300;
    this.#heartbeatMs = (valid ? seconds : DEFAULT_HEARTBEAT_SECONDS) * 1000;
    this.#beatLater();
  }

  #beatLater() {
    this.#surroundings.clearTimer(this.#heartbeat);
    this.#heartbeat = this.#surroundings.setTimer(() => {
      const now = this.#surroundings.now();
      if (now - this.#lastHeard >= 2 * this.#heartbeatMs) {
        this.#waitAfter({ cause: 'silent' });
        return;
      }
      this.send({ type: 'ping', time: now });
      this.#beatLater();
    }, this.#heartbeatMs);
  }

  #probeNow() {
    this.#surroundings.clearTimer(this.#probe);
    if (this.send({ type: 'ping', time: this.#surroundings.now() })) {
      this.#probe = this.#surroundings.setTimer(() => this.#waitAfter({ cause: 'silent' }), PROBE_MS);
    }
  }

  /**
   * @param {Interruption} interruption
   * @param {number} [atLeastMs]
   */
  #waitAfter(interruption, atLeastMs = 0) {
    const now = this.#surroundings.now();
    if (this.#phase === 'open') {
      this.#interruptedAt = now;
      this.#attempt = 0;
    }
    this.#drop();
    const pause = pauseBefore(this.#attempt, now - this.#interruptedAt, this.#surroundings.random());
    const retryInMs = Math.max(pause, Math.min(Math.max(atLeastMs, 0), 60_000));
    this.#attempt += 1;
    this.#timer = this.#surroundings.setTimer(() => this.#connect(), retryInMs);
    this.#setPhase('waiting', { ...interruption, retryInMs });
  }

  /** Forgets the present socket and every timer. Nothing of them is heard again. */
  #drop() {
    this.#generation += 1;
    const { clearTimer } = this.#surroundings;
    clearTimer(this.#timer);
    clearTimer(this.#heartbeat);
    clearTimer(this.#probe);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket) {
      socket.onmessage = null;
      socket.onclose = null;
      socket.onerror = null;
      socket.onopen = null;
      socket.close();
    }
  }

  /**
   * @param {Phase} phase
   * @param {Interruption} [interruption]
   */
  #setPhase(phase, interruption) {
    this.#phase = phase;
    this.#events.onPhase(phase, interruption);
  }
}
