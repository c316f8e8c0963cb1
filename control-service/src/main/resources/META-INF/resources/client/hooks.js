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

/** @param {Hooks} hooks */
export function publish(hooks) {
  Object.defineProperty(window, 'macemu', { value: Object.freeze(hooks) });
}
