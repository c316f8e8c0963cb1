// @ts-check
import { KEYS, macKeyName, modifierOf } from './keymap.js';
import { keyMessage, releaseAll } from './messages.js';

/**
 * The keys that are down on the Mac, whoever pressed them: the visitor's keyboard, the keyboard on the screen or pasted
 * text. Guarantees that each press is sent once and followed by exactly one release.
 *
 * @typedef {object} KeySink
 * @property {(message: import('./messages.js').InputMessage) => boolean} send whether it is on its way
 */
export class HeldKeys {
  /** @type {Set<string>} names of the key table */
  #held = new Set();
  #sink;
  /** Told after every change, for a keyboard on the screen that shows it. @type {(() => void)|undefined} */
  onChange;

  /** @param {KeySink} sink */
  constructor(sink) {
    this.#sink = sink;
  }

  /** @returns {ReadonlySet<string>} */
  get names() {
    return this.#held;
  }

  /** @param {string} name a key of the table @returns {boolean} whether it went down now */
  press(name) {
    if (this.#held.has(name) || !KEYS.has(name)) {
      return false;
    }
    this.#held.add(name);
    if (!this.#sink.send(this.#message(name, true))) {
      this.#held.delete(name);
      return false;
    }
    this.onChange?.();
    return true;
  }

  /** @param {string} name @returns {boolean} whether it was down */
  release(name) {
    if (!this.#held.delete(name)) {
      return false;
    }
    this.#sink.send(this.#message(name, false));
    this.onChange?.();
    return true;
  }

  /** Lets everything go, one by one, and asks the service to release what it may still believe to be down. */
  releaseAll() {
    for (const name of [...this.#held].reverse()) {
      this.release(name);
    }
    this.#sink.send(releaseAll());
  }

  /** Forgets what is down without a word, for a connection that is gone: the service releases it by itself. */
  forget() {
    this.#held.clear();
    this.onChange?.();
  }

  /** @returns {import('./messages.js').Modifiers} */
  get modifiers() {
    const modifiers = { ctrl: false, alt: false, shift: false, meta: false };
    for (const name of this.#held) {
      const modifier = modifierOf(name);
      if (modifier) {
        modifiers[modifier] = true;
      }
    }
    return modifiers;
  }

  /**
   * @param {string} name
   * @param {boolean} pressed
   */
  #message(name, pressed) {
    const key = /** @type {import('./keymap.js').MacKey} */ (KEYS.get(name));
    return keyMessage(key, pressed, this.modifiers);
  }
}

/**
 * The visitor's keyboard. Works by physical key (`KeyboardEvent.code`), so every layout's keys are where they are on a
 * Mac's board and dead keys arrive as plain ones.
 *
 * @typedef {object} KeyboardOptions
 * @property {() => boolean} swapped  Command and Control exchange their places
 * @property {boolean} onMac          the visitor's own computer is a Mac
 * @property {(code: string, event: KeyEventLike) => boolean} [isReserved] keys the page keeps for itself
 *
 * @typedef {Pick<KeyboardEvent, 'ctrlKey'|'altKey'|'shiftKey'|'metaKey'> &
 *   Partial<Pick<KeyboardEvent, 'getModifierState'>>} ModifierFlags
 * @typedef {ModifierFlags & Pick<KeyboardEvent, 'code'|'repeat'|'isComposing'|'timeStamp'|'preventDefault'>} KeyEventLike
 */
export class Keyboard {
  #held;
  #options;
  /**
   * What each physical key that is down was sent as: the swap may change while it is down.
   *
   * @type {Map<string, string>}
   */
  #down = new Map();
  #controlDownAt = -1;

  /**
   * @param {HeldKeys} held
   * @param {KeyboardOptions} options
   */
  constructor(held, options) {
    this.#held = held;
    this.#options = options;
  }

  /** @param {KeyEventLike} event */
  keyDown(event) {
    if (event.isComposing || this.#options.isReserved?.(event.code, event)) {
      return;
    }
    const name = macKeyName(event.code, this.#options.swapped());
    if (!name) {
      return;
    }
    event.preventDefault();
    if (event.repeat || this.#down.has(event.code)) {
      return;
    }
    this.#releaseStuckModifiers(event);
    if (event.code === 'CapsLock') {
      this.#tapCapsLock();
      return;
    }
    if (event.code === 'ControlLeft') {
      this.#controlDownAt = event.timeStamp;
    } else if (event.code === 'AltRight' && event.timeStamp - this.#controlDownAt < 5) {
      // Windows reports AltGr as a Control that nobody pressed, in the same moment as AltRight.
      this.#up('ControlLeft');
    }
    if (this.#held.press(name)) {
      this.#down.set(event.code, name);
    }
  }

  /** @param {KeyEventLike} event */
  keyUp(event) {
    if (macKeyName(event.code)) {
      event.preventDefault();
    }
    if (event.code === 'CapsLock') {
      // A Mac's browser reports the lamp, down for on and up for off; others report the key.
      if (this.#options.onMac) {
        this.#tapCapsLock();
      }
      return;
    }
    this.#up(event.code);
    if (this.#options.onMac && event.code.startsWith('Meta')) {
      // While Command is down, a Mac's browser keeps the release of other keys to itself.
      for (const [code, name] of [...this.#down]) {
        if (!modifierOf(name)) {
          this.#up(code);
        }
      }
    }
  }

  /**
   * Modifiers let go while another window had the keyboard: the flags of any later event give them away.
   *
   * @param {ModifierFlags} event of keyboard or pointer
   */
  reconcile(event) {
    // AltGr is an Alt key that does not set `altKey` everywhere.
    const alt = event.altKey || (event.getModifierState?.('AltGraph') ?? false);
    for (const code of [...this.#down.keys()]) {
      const flag = modifierOf(code);
      const isDown =
        flag === undefined ||
        { ctrl: event.ctrlKey, alt, shift: event.shiftKey, meta: event.metaKey }[flag];
      if (!isDown) {
        this.#up(code);
      }
    }
  }

  /** Forgets the physical keys: whatever is let go later was not pressed for the Mac any more. */
  reset() {
    this.#down.clear();
  }

  /** @param {KeyEventLike} event */
  #releaseStuckModifiers(event) {
    if (!modifierOf(event.code)) {
      this.reconcile(event);
    }
  }

  /** @param {string} code */
  #up(code) {
    const name = this.#down.get(code);
    if (name && this.#down.delete(code)) {
      this.#held.release(name);
    }
  }

  #tapCapsLock() {
    if (this.#held.press('CapsLock')) {
      this.#held.release('CapsLock');
    }
  }
}
