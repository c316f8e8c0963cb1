// @ts-check
/**
 * Which lane to ask for. The service chooses unless the page's address names one; but where ICE finds no way to the lane
 * it chose, the other is asked for the next time. A firewall around the one port of the shared lane, or a server that
 * shows nothing but a loopback address, which Firefox passes over, is got round like this.
 */

const STORAGE_KEY = 'macemu.lane';

export class LaneChoice {
  #pinned;
  #storage;
  /** @type {string|undefined} */
  #fallback;
  /** @type {readonly string[]} */
  #offered = [];

  /**
   * @param {string|undefined} pinned by the page's address
   * @param {Pick<Storage, 'getItem'|'setItem'>|undefined} storage of the visit, so that a reload need not fail first
   */
  constructor(pinned, storage) {
    this.#pinned = pinned;
    this.#storage = storage;
    try {
      this.#fallback = storage?.getItem(STORAGE_KEY) ?? undefined;
    } catch {
      this.#fallback = undefined;
    }
  }

  /**
   * @param {readonly string[]} offered by the service, as the welcome says
   * @returns {string|undefined} undefined: the service's choice
   */
  next(offered) {
    this.#offered = offered;
    return this.#pinned ?? (this.#fallback && offered.includes(this.#fallback) ? this.#fallback : undefined);
  }

  /** @param {string|undefined} lane that could not be reached */
  failed(lane) {
    if (!this.#pinned) {
      this.#fallback = this.#offered.find((other) => other !== (lane ?? this.#offered[0]));
    }
  }

  /** The lane in use works: it is kept for this visit. */
  worked() {
    if (this.#fallback && !this.#pinned) {
      try {
        this.#storage?.setItem(STORAGE_KEY, this.#fallback);
      } catch {
        // Without storage the next page finds out again.
      }
    }
  }
}
