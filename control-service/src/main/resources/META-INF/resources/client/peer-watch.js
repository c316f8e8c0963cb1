// @ts-check
/**
 * How long each step of a peer's way may take, and what follows when it takes longer or fails: a hint on the page, or
 * another try. It lives as long as the page; what it is told is about the present peer.
 *
 * @typedef {import('./stages.js').Stage} Stage
 */

/** A path that is interrupted for longer than this is given up for a new connection. */
const INTERRUPTION_MS = 1200;
/** An offer that nobody answers within this time is made again. */
const ANSWER_MS = 5000;
const ICE_SLOW_MS = 8000;
const PICTURE_MISSING_MS = 6000;
/** Pause before another try after ICE or DTLS failed, doubled up to the second figure. */
const RETRY_MS = Object.freeze([500, 10_000]);

/**
 * The service's errors that are about the present peer: the stage that failed, and the reason.
 *
 * @type {ReadonlyMap<string, readonly [Stage, string]>}
 */
const REFUSALS = new Map([
  ['sdp_invalid', ['service', 'refused']],
  ['sdp_too_large', ['service', 'refused']],
  ['internal', ['service', 'refused']],
  ['lane_unavailable', ['service', 'lane_unavailable']],
  ['capacity_reached', ['service', 'capacity_reached']],
  ['media_unavailable', ['service', 'media_unavailable']],
  ['ice_failed', ['ice', 'ice_failed']],
  ['dtls_failed', ['dtls', 'dtls_failed']],
]);

export class PeerWatch {
  #stages;
  #reconnect;
  #note;
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #retryTimer;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #hintTimer;

  /**
   * @param {import('./stages.js').ConnectionStages} stages
   * @param {{ reconnect: () => void, note: (problem: string) => void }} events
   */
  constructor(stages, { reconnect, note }) {
    this.#stages = stages;
    this.#reconnect = reconnect;
    this.#note = note;
  }

  /** Whether peers have failed since one was connected last. */
  get failing() {
    return this.#failures > 0;
  }

  /** What failed before counts no longer. */
  forgive() {
    this.#failures = 0;
  }

  /** Nothing is waited for any more. */
  rest() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#hintTimer);
  }

  /** @param {import('./peer.js').Peer} peer which is about to make its offer */
  offering(peer) {
    this.rest();
    this.#hintTimer = setTimeout(() => {
      if (this.#stages.status('ice') !== 'done' && this.#stages.failure === undefined) {
        this.#stages.fail('ice', peer.candidates.remote === 0 ? 'ice_no_remote' : 'ice_slow');
      }
    }, ICE_SLOW_MS);
    this.#retryTimer = setTimeout(() => this.failed('service', 'no_answer'), ANSWER_MS);
  }

  /** It goes on: no other try is needed for now. */
  proceeds() {
    clearTimeout(this.#retryTimer);
  }

  /** The path is interrupted, and may come back. */
  interrupted() {
    this.#retryTimer = setTimeout(this.#reconnect, INTERRUPTION_MS);
  }

  /** @param {() => boolean} hasEmulator without one there is no picture to miss */
  expectPicture(hasEmulator) {
    clearTimeout(this.#hintTimer);
    this.#hintTimer = setTimeout(() => {
      if (this.#stages.status('picture') !== 'done' && hasEmulator()) {
        this.#stages.fail('picture', 'picture_missing');
      }
    }, PICTURE_MISSING_MS);
  }

  pictureShown() {
    clearTimeout(this.#hintTimer);
  }

  /**
   * An error of the service. Those that concern single messages are nothing the visitor could do about.
   *
   * @param {string} code
   * @param {string} message in its words
   */
  refused(code, message) {
    const refusal = REFUSALS.get(code);
    if (refusal) {
      this.failed(...refusal, message);
    }
  }

  /**
   * @param {Stage} stage
   * @param {string} reason
   * @param {string} [detail]
   */
  failed(stage, reason, detail) {
    this.#note(`${stage}: ${reason} ${detail ?? ''}`);
    this.rest();
    // ICE takes its time to fail, and the other lane has not failed yet: it is tried at once.
    const atOnce = stage === 'ice' && this.#failures === 0;
    const pause = atOnce ? 0 : Math.min(RETRY_MS[0] * 2 ** this.#failures, RETRY_MS[1]);
    this.#failures += 1;
    this.#retryTimer = setTimeout(this.#reconnect, pause);
    this.#stages.fail(stage, reason, detail);
  }
}
