// @ts-check
/**
 * Text as key strokes on a US Macintosh keyboard, and a typist that plays them at a pace the Mac can follow.
 *
 * @typedef {readonly string[]} Stroke keys of the table, pressed in this order and let go in the reverse
 */

/** @type {Readonly<Record<string, string>>} */
const PLAIN = Object.freeze({
  ' ': 'Space', '\n': 'Enter', '\t': 'Tab', '\b': 'Backspace', '\u001b': 'Escape',
  '-': 'Minus', '=': 'Equal', '[': 'BracketLeft', ']': 'BracketRight', '\\': 'Backslash', ';': 'Semicolon',
  "'": 'Quote', ',': 'Comma', '.': 'Period', '/': 'Slash', '`': 'Backquote',
});

/** @type {Readonly<Record<string, string>>} */
const SHIFTED = Object.freeze({
  '!': 'Digit1', '@': 'Digit2', '#': 'Digit3', $: 'Digit4', '%': 'Digit5', '^': 'Digit6', '&': 'Digit7',
  '*': 'Digit8', '(': 'Digit9', ')': 'Digit0', _: 'Minus', '+': 'Equal', '{': 'BracketLeft', '}': 'BracketRight',
  '|': 'Backslash', ':': 'Semicolon', '"': 'Quote', '<': 'Comma', '>': 'Period', '?': 'Slash', '~': 'Backquote',
});

/** Characters of the US layout's Option level. @type {Readonly<Record<string, string>>} */
const OPTION = Object.freeze({
  ß: 'KeyS', ç: 'KeyC', å: 'KeyA', ø: 'KeyO', æ: 'Quote', '£': 'Digit3', '§': 'Digit6', '•': 'Digit8', '–': 'Minus',
  '…': 'Semicolon', '©': 'KeyG', '®': 'KeyR', '™': 'Digit2', '“': 'BracketLeft', '‘': 'BracketRight',
  '«': 'Backslash', '¡': 'Digit1', '¢': 'Digit4', '¥': 'KeyY', µ: 'KeyM', π: 'KeyP', '¬': 'KeyL', '≠': 'Equal',
});

/** @type {Readonly<Record<string, string>>} */
const OPTION_SHIFTED = Object.freeze({
  '—': 'Minus', '”': 'BracketLeft', '’': 'BracketRight', '»': 'Backslash', Ç: 'KeyC', Å: 'KeyA', Ø: 'KeyO', Æ: 'Quote',
  '°': 'Digit8', '¿': 'Slash', '±': 'Equal',
});

/** Combining accent (Unicode) to the Option key that is dead on the Mac. @type {Readonly<Record<string, string>>} */
const DEAD = Object.freeze({
  '\u0300': 'Backquote', '\u0301': 'KeyE', '\u0302': 'KeyI', '\u0303': 'KeyN', '\u0308': 'KeyU',
});

/**
 * @param {string} character
 * @returns {Stroke[]|undefined} undefined for a character the layout does not have
 */
function strokesOf(character) {
  if (/^[a-z]$/.test(character)) {
    return [[`Key${character.toUpperCase()}`]];
  }
  if (/^[A-Z]$/.test(character)) {
    return [['ShiftLeft', `Key${character}`]];
  }
  if (/^[0-9]$/.test(character)) {
    return [[`Digit${character}`]];
  }
  if (PLAIN[character]) {
    return [[PLAIN[character]]];
  }
  if (SHIFTED[character]) {
    return [['ShiftLeft', SHIFTED[character]]];
  }
  if (OPTION[character]) {
    return [['AltLeft', OPTION[character]]];
  }
  if (OPTION_SHIFTED[character]) {
    return [['AltLeft', 'ShiftLeft', OPTION_SHIFTED[character]]];
  }
  // An accented letter: the accent's dead key, then the letter.
  const [letter, accent, ...more] = character.normalize('NFD');
  if (accent && more.length === 0 && DEAD[accent]) {
    const base = strokesOf(letter);
    return base && [['AltLeft', DEAD[accent]], ...base];
  }
  return undefined;
}

/**
 * @param {string} text
 * @returns {{ strokes: Stroke[], skipped: number }} skipped: characters without a key
 */
export function strokesFor(text) {
  /** @type {Stroke[]} */
  const strokes = [];
  let skipped = 0;
  // Lines of every system end with one Return; composed characters are one character.
  for (const character of text.replace(/\r\n?/g, '\n').normalize('NFC')) {
    const found = strokesOf(character === '\u00a0' ? ' ' : character);
    if (found) {
      strokes.push(...found);
    } else {
      skipped += 1;
    }
  }
  return { strokes, skipped };
}

/**
 * What somebody typed into a text field, from its content before and after: so many characters taken back, then text.
 * Works for every kind of system keyboard, with prediction and correction, because it asks only for the outcome.
 *
 * @param {string} before
 * @param {string} after
 */
export function editBetween(before, after) {
  let same = 0;
  while (same < before.length && same < after.length && before[same] === after[same]) {
    same += 1;
  }
  return { backspaces: before.length - same, text: after.slice(same) };
}

/** The Mac reads its keyboard about sixty times a second and queues twenty events: slower than both. */
const HOLD_MS = 25;
const PAUSE_MS = 25;

/** Types strokes one after the other through the keys the Mac holds. */
export class Typist {
  #held;
  #later;
  #onDone;
  /** @type {Stroke[]} */
  #queue = [];
  #busy = false;

  /**
   * @param {import('./keyboard.js').HeldKeys} held
   * @param {{ later?: (run: () => void, ms: number) => void, onDone?: () => void }} [surroundings]
   *   onDone: everything has been typed
   */
  constructor(held, { later = (run, ms) => setTimeout(run, ms), onDone = () => {} } = {}) {
    this.#held = held;
    this.#later = later;
    this.#onDone = onDone;
  }

  get busy() {
    return this.#busy;
  }

  /** @param {readonly Stroke[]} strokes */
  type(strokes) {
    this.#queue.push(...strokes);
    if (!this.#busy) {
      this.#next();
    }
  }

  /** Forgets what has not been typed yet. */
  stop() {
    this.#queue = [];
  }

  #next() {
    const stroke = this.#queue.shift();
    this.#busy = stroke !== undefined;
    if (!stroke) {
      this.#onDone();
      return;
    }
    const pressed = stroke.filter((key) => this.#held.press(key));
    this.#later(() => {
      for (const key of pressed.reverse()) {
        this.#held.release(key);
      }
      this.#later(() => this.#next(), PAUSE_MS);
    }, HOLD_MS);
  }
}
