// @ts-check
/**
 * `window.macemu`: what tests and curious visitors may read. Nothing in the page depends on it.
 *
 * @typedef {object} Hooks
 * @property {() => string} stage      the word in `<body data-stage>`: page, service, emulator, ice, dtls or picture on
 *   the way in; playing, reconnecting, off, failed or ended otherwise
 * @property {() => Promise<import('./stats.js').Statistics>} stats
 * @property {(name: string) => void} mark
 * @property {Record<string, number>} marks   performance.now() of the latest opened, welcome, offer, answer, connected
 *   and firstFrame
 * @property {Array<{ name: string, time: number }>} history  every mark, oldest first, the last 200
 * @property {() => object} state
 */

const HISTORY = 200;

/** When things happened. */
export class Marks {
  /** @type {Record<string, number>} */
  latest = {};
  /** @type {Array<{ name: string, time: number }>} */
  history = [];

  /** @param {string} name */
  mark(name) {
    const time = performance.now();
    this.latest[name] = time;
    this.history.push({ name, time });
    if (this.history.length > HISTORY) {
      this.history.shift();
    }
  }

  /** Milliseconds from the latest `from` to the latest `to`, or null while either is missing or older. */
  between(/** @type {string} */ from, /** @type {string} */ to) {
    const span = (this.latest[to] ?? Number.NaN) - (this.latest[from] ?? Number.NaN);
    return span >= 0 ? span : null;
  }
}
