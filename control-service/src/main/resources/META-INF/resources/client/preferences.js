// @ts-check
/**
 * The visitor's choices, kept in this browser. Every value read back is checked against its kind, so that an old or
 * damaged entry falls back to the default instead of breaking the page.
 *
 * @typedef {object} Preferences
 * @property {'auto'|'integer'|'fit'} scale  see geometry.js
 * @property {boolean} smooth                interpolate enlarged pixels
 * @property {boolean} swapCommand           Command and Control exchange their places
 * @property {'absolute'|'relative'} pointer relative uses pointer lock
 * @property {'button'|'control'} rightClick what the right button is on the Mac
 * @property {'direct'|'trackpad'} touch     what a finger on the screen does
 * @property {boolean} showPointer           show the browser's own pointer over the Mac
 * @property {number} volume                 0 to 1
 * @property {boolean} muted
 * @property {'low'|'steady'} soundBuffer    low delay, or fewer gaps on a poor network
 * @property {boolean} sharePointers         show each other where one points
 * @property {string} name                   what the others see; at most 40 characters
 * @property {'auto'|'en'|'de'} language
 */

/** @type {Readonly<Preferences>} */
export const DEFAULTS = Object.freeze({
  scale: 'auto',
  smooth: false,
  swapCommand: false,
  pointer: 'absolute',
  rightClick: 'button',
  touch: 'direct',
  showPointer: false,
  volume: 1,
  muted: false,
  soundBuffer: 'low',
  sharePointers: true,
  name: '',
  language: 'auto',
});

/** @type {Readonly<Record<string, readonly string[]>>} */
const CHOICES = Object.freeze({
  scale: ['auto', 'integer', 'fit'],
  pointer: ['absolute', 'relative'],
  rightClick: ['button', 'control'],
  touch: ['direct', 'trackpad'],
  soundBuffer: ['low', 'steady'],
  language: ['auto', 'en', 'de'],
});

export const MAX_NAME = 40;

const STORAGE_KEY = 'macemu.preferences';

/**
 * @param {unknown} stored
 * @returns {Preferences}
 */
export function checked(stored) {
  const found = /** @type {Record<string, unknown>} */ (typeof stored === 'object' && stored ? stored : {});
  /** @type {Record<string, unknown>} */
  const result = { ...DEFAULTS };
  for (const [name, fallback] of Object.entries(DEFAULTS)) {
    const value = found[name];
    const fits =
      typeof value === typeof fallback &&
      (!CHOICES[name] || CHOICES[name].includes(/** @type {string} */ (value))) &&
      (typeof value !== 'string' || value.length <= MAX_NAME) &&
      (typeof value !== 'number' || (value >= 0 && value <= 1));
    if (fits) {
      result[name] = value;
    }
  }
  return /** @type {Preferences} */ (/** @type {unknown} */ (result));
}

export class PreferenceStore {
  #storage;
  /** @type {Preferences} */
  #values;
  /** @type {Array<(values: Preferences, changed: keyof Preferences) => void>} */
  #listeners = [];

  /** @param {Pick<Storage, 'getItem'|'setItem'>|undefined} storage absent where the browser forbids it */
  constructor(storage) {
    this.#storage = storage;
    this.#values = checked(this.#read());
  }

  /** @returns {Readonly<Preferences>} */
  get values() {
    return this.#values;
  }

  /**
   * @template {keyof Preferences} N
   * @param {N} name
   * @param {Preferences[N]} value
   */
  set(name, value) {
    this.#values = checked({ ...this.#values, [name]: value });
    try {
      this.#storage?.setItem(STORAGE_KEY, JSON.stringify(this.#values));
    } catch {
      // Full or forbidden storage costs the memory of the choice, not the choice.
    }
    for (const listener of this.#listeners) {
      listener(this.#values, name);
    }
  }

  /** @param {(values: Preferences, changed: keyof Preferences) => void} listener */
  onChange(listener) {
    this.#listeners.push(listener);
  }

  #read() {
    try {
      return JSON.parse(this.#storage?.getItem(STORAGE_KEY) ?? '{}');
    } catch {
      return {};
    }
  }
}
