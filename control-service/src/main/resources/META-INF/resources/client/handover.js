// @ts-check
import { Peer } from './peer.js';

/**
 * Make before break: a second connection on its way to take the place of the first, and then the first one until the
 * second one's picture is on the screen. A second connection that comes to nothing leaves the first as it was.
 *
 * @typedef {object} HandoverEvents
 * @property {(message: object) => void} onSignal
 * @property {(problem: string) => void} onProblem
 * @property {() => void} onPicture  its first packets have arrived: it can be shown
 */

/** A second connection without a picture after this time is given up; the service asks again if it still wants it. */
const PATIENCE_MS = 10_000;
/** A still screen may send nothing more after its first picture: the first connection is not kept longer than this. */
const OVERLAP_MS = 1000;

export class Handover {
  /** @type {Peer|undefined} */
  #peer;
  /** @type {Peer|undefined} */
  #former;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /** The connection on its way, which answers and candidates are for. */
  get peer() {
    return this.#peer;
  }

  /**
   * @param {{ codec?: string }} wishes
   * @param {HandoverEvents} events
   * @returns {Peer}
   */
  begin(wishes, { onSignal, onProblem, onPicture }) {
    this.cancel();
    /** @type {Peer} */
    const peer = new Peer(wishes, {
      onSignal,
      onProblem,
      onState: (state) => {
        if (peer === this.#peer && (state === 'ice_failed' || state === 'dtls_failed')) {
          onProblem(`move: ${state}`);
          this.cancel();
        }
      },
      onTrack: (kind, track) => {
        if (kind === 'video') {
          whenUnmuted(track, () => {
            if (peer === this.#peer) {
              this.#peer = undefined;
              onPicture();
            }
          });
        }
      },
    });
    this.#peer = peer;
    this.#timer = setTimeout(() => {
      onProblem('move: no picture');
      this.cancel();
    }, PATIENCE_MS);
    return peer;
  }

  /** @param {Peer|undefined} former connection, which the new one has taken the place of */
  end(former) {
    clearTimeout(this.#timer);
    this.#former = former;
    this.#timer = setTimeout(() => this.shown(), OVERLAP_MS);
  }

  /** The picture on the screen is that of the new connection. */
  shown() {
    if (this.#former) {
      clearTimeout(this.#timer);
      this.#former.close();
      this.#former = undefined;
    }
  }

  /** Neither the connection on its way nor the former one is wanted any more. */
  cancel() {
    clearTimeout(this.#timer);
    this.#peer?.close();
    this.#peer = undefined;
    this.#former?.close();
    this.#former = undefined;
  }
}

/**
 * A track from the network is muted until its first packet arrives.
 *
 * @param {MediaStreamTrack} track
 * @param {() => void} run
 */
function whenUnmuted(track, run) {
  if (track.muted) {
    track.addEventListener('unmute', run, { once: true });
  } else {
    run();
  }
}
