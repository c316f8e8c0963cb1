// @ts-check
import { byId, create } from './dom.js';
import { modifierOf } from './keymap.js';

/**
 * A Mac's keyboard on the screen. Modifiers stay down for one key, or until tapped again when tapped twice; every other
 * key is down as long as it is touched. On a narrow screen only the keys that a phone's own keyboard lacks are shown.
 */

/**
 * Key, label and width in quarters of a key. `extra` keys are what a phone's keyboard lacks.
 *
 * @typedef {{ key: string, label: string, width?: number, extra?: boolean, name?: string }} Cap
 */

/** @param {string} letters @returns {Cap[]} */
const letters = (letters) => [...letters].map((letter) => ({ key: `Key${letter}`, label: letter }));

/** @type {Cap[][]} */
const ROWS = [
  [
    { key: 'Escape', label: 'esc', width: 5, extra: true },
    ...Array.from({ length: 12 }, (_, i) => ({ key: `F${i + 1}`, label: `F${i + 1}` })),
    { key: 'Power', label: '◁', width: 7, extra: true, name: 'Power' },
  ],
  [
    { key: 'Backquote', label: '`' },
    ...[...'1234567890'].map((digit) => ({ key: `Digit${digit}`, label: digit })),
    { key: 'Minus', label: '-' },
    { key: 'Equal', label: '=' },
    { key: 'Backspace', label: 'delete', width: 8 },
  ],
  [
    { key: 'Tab', label: 'tab', width: 6, extra: true },
    ...letters('QWERTYUIOP'),
    { key: 'BracketLeft', label: '[' },
    { key: 'BracketRight', label: ']' },
    { key: 'Backslash', label: '\\', width: 6 },
  ],
  [
    { key: 'CapsLock', label: 'caps lock', width: 7 },
    ...letters('ASDFGHJKL'),
    { key: 'Semicolon', label: ';' },
    { key: 'Quote', label: "'" },
    { key: 'Enter', label: 'return', width: 9 },
  ],
  [
    { key: 'ShiftLeft', label: '⇧', width: 9, extra: true, name: 'Shift' },
    ...letters('ZXCVBNM'),
    { key: 'Comma', label: ',' },
    { key: 'Period', label: '.' },
    { key: 'Slash', label: '/' },
    { key: 'ArrowUp', label: '↑', extra: true, name: 'Up' },
    { key: 'ShiftRight', label: '⇧', width: 7, name: 'Shift' },
  ],
  [
    { key: 'ControlLeft', label: '⌃', width: 6, extra: true, name: 'Control' },
    { key: 'AltLeft', label: '⌥', width: 6, extra: true, name: 'Option' },
    { key: 'MetaLeft', label: '⌘', width: 7, extra: true, name: 'Command' },
    { key: 'Space', label: '', width: 22, name: 'Space' },
    { key: 'MetaRight', label: '⌘', width: 7, name: 'Command' },
    { key: 'ArrowLeft', label: '←', extra: true, name: 'Left' },
    { key: 'ArrowDown', label: '↓', extra: true, name: 'Down' },
    { key: 'ArrowRight', label: '→', extra: true, name: 'Right' },
  ],
];

const QUARTERS = 4;

/** The order of the extra keys where they stand alone. */
const EXTRAS = [
  ...['Escape', 'Tab', 'ControlLeft', 'AltLeft', 'MetaLeft', 'ShiftLeft', 'Power'],
  ...['ArrowLeft', 'ArrowUp', 'ArrowDown', 'ArrowRight'],
];

export class Board {
  #element = byId('board', HTMLElement);
  #held;
  /** How often each modifier was tapped: 1 for the next key, 2 until tapped again. @type {Map<string, 1|2>} */
  #sticky = new Map();
  /** @type {Map<string, HTMLElement>} */
  #caps = new Map();
  /** @type {Map<number, string>} which key each finger is on */
  #fingers = new Map();

  /** @param {import('./keyboard.js').HeldKeys} held */
  constructor(held) {
    this.#held = held;
    held.onChange = () => this.#show();
    const keys = byId('board-keys', HTMLElement);
    keys.prepend(...ROWS.map((row) => create('div', { className: 'board-row' }, ...row.map((cap) => this.#cap(cap)))));
    keys.addEventListener('pointerdown', (event) => this.#down(event));
    // The focus stays where it is, so that a phone's own keyboard stays open.
    keys.addEventListener('mousedown', (event) => event.preventDefault());
    for (const type of ['pointerup', 'pointercancel']) {
      keys.addEventListener(type, (event) => this.#up(/** @type {PointerEvent} */ (event).pointerId));
    }
    // Keyboard and screen-reader activation, which has no pointer.
    keys.addEventListener('click', (event) => this.#click(event));
    keys.addEventListener('contextmenu', (event) => event.preventDefault());
  }

  get open() {
    return !this.#element.hidden;
  }

  set open(open) {
    this.#element.hidden = !open;
    if (!open) {
      this.reset();
    }
  }

  /** Lets the sticky modifiers go. */
  reset() {
    for (const name of this.#sticky.keys()) {
      this.#held.release(name);
    }
    this.#sticky.clear();
    this.#fingers.clear();
    this.#show();
  }

  /** Releases the modifiers that were meant for one key, after that key. */
  spend() {
    for (const [name, taps] of [...this.#sticky]) {
      if (taps === 1) {
        this.#sticky.delete(name);
        this.#held.release(name);
      }
    }
  }

  /** @param {Cap} cap */
  #cap({ key, label, width = QUARTERS, extra, name }) {
    const button = create('button', {
      text: label,
      className: 'cap',
      attributes: {
        type: 'button',
        // The screen keeps the focus, and with it the visitor's own keyboard.
        tabindex: '-1',
        'data-key': key,
        'data-width': String(width),
        ...(extra ? { 'data-extra': '' } : {}),
        ...(name ? { 'aria-label': name } : {}),
        ...(modifierOf(key) ? { 'aria-pressed': 'false' } : {}),
      },
    });
    button.style.setProperty('--quarters', String(width));
    if (extra) {
      button.style.setProperty('--place', String(EXTRAS.indexOf(key)));
    }
    this.#caps.set(key, button);
    return button;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const key = keyOf(event);
    event.preventDefault();
    if (!key) {
      return;
    }
    if (modifierOf(key)) {
      this.#tapModifier(key);
    } else {
      this.#fingers.set(event.pointerId, key);
      if (event.target instanceof Element) {
        event.target.setPointerCapture(event.pointerId);
      }
      this.#held.press(key);
    }
  }

  /** @param {number} pointerId */
  #up(pointerId) {
    const key = this.#fingers.get(pointerId);
    if (key) {
      this.#fingers.delete(pointerId);
      this.#held.release(key);
      this.spend();
    }
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const key = keyOf(event);
    // detail counts pointer clicks: those were handled when the pointer went down.
    if (!key || event.detail > 0) {
      return;
    }
    if (modifierOf(key)) {
      this.#tapModifier(key);
    } else {
      this.#held.press(key);
      this.#held.release(key);
      this.spend();
    }
  }

  /** @param {string} key */
  #tapModifier(key) {
    const taps = this.#sticky.get(key);
    if (taps === undefined) {
      if (this.#held.press(key)) {
        this.#sticky.set(key, 1);
      }
    } else if (taps === 1) {
      this.#sticky.set(key, 2);
    } else {
      this.#sticky.delete(key);
      this.#held.release(key);
    }
    this.#show();
  }

  #show() {
    for (const [key, cap] of this.#caps) {
      const down = this.#held.names.has(key);
      if (!down) {
        this.#sticky.delete(key);
      }
      cap.classList.toggle('down', down);
      cap.classList.toggle('locked', this.#sticky.get(key) === 2);
      if (cap.hasAttribute('aria-pressed')) {
        cap.setAttribute('aria-pressed', String(down));
      }
    }
  }
}

/** @param {Event} event */
function keyOf(event) {
  const cap = event.target instanceof Element ? event.target.closest('[data-key]') : null;
  return cap instanceof HTMLElement ? cap.dataset.key : undefined;
}
