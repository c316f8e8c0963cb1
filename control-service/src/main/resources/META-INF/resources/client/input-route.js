// @ts-check
/**
 * Which way an input message goes: the data channels of the present connection, or the signalling WebSocket where the
 * lane has no data channels. Outlives connections, so that listeners are registered once.
 *
 * @typedef {import('./messages.js').InputMessage} InputMessage
 */
export class InputRoute {
  #session;
  /** @type {import('./peer.js').Peer|undefined} */
  #peer;
  #allowed = false;
  sent = 0;
  /** Whether the last absolute move went where messages may be lost. */
  lossy = false;

  /** @param {{ send: (message: object) => boolean }} session */
  constructor(session) {
    this.#session = session;
  }

  /** @param {import('./peer.js').Peer|undefined} peer */
  use(peer) {
    this.#peer = peer;
  }

  /** Whether this viewer's input reaches the Mac, as the service says. */
  get allowed() {
    return this.#allowed;
  }

  set allowed(allowed) {
    this.#allowed = allowed;
  }

  /**
   * Keys, buttons, wheel, relative moves: everything that must arrive, in order.
   *
   * @param {InputMessage} message
   * @returns {boolean} whether it is on its way
   */
  send(message) {
    return this.#send(message, 'input');
  }

  /**
   * Absolute moves: a lost one is made good by the next, see `lossy` for the last.
   *
   * @param {InputMessage} message
   * @returns {boolean}
   */
  sendPosition(message) {
    return this.#send(message, 'pointer');
  }

  /**
   * @param {InputMessage} message
   * @param {'input'|'pointer'} channel
   */
  #send(message, channel) {
    if (!this.#allowed || !this.#peer) {
      return false;
    }
    const outcome = this.#peer.send(JSON.stringify(message), channel);
    this.lossy = channel === 'pointer' && outcome === 'sent';
    const sent = outcome === 'sent' || (outcome === 'no-channel' && this.#session.send(message));
    this.sent += sent ? 1 : 0;
    return sent;
  }
}
