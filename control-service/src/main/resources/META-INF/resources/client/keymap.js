// @ts-check
/**
 * The keys of Apple's extended keyboard: from `KeyboardEvent.code` (the physical key, whatever layout the visitor
 * uses) to the number and location sent in a `key` message, and the ADB key code the emulator ends up with.
 *
 * `keyCode` is the legacy `KeyboardEvent.keyCode` number of the key on a US board; together with `location` it names
 * every key of the table once, so the emulator's side can tell left from right and the keypad from the main block.
 *
 * @typedef {object} MacKey
 * @property {number} keyCode   number sent as `code`
 * @property {0|1|2|3} location `KeyboardEvent.location`: 0 standard, 1 left, 2 right, 3 keypad
 * @property {number} adb       ADB key code on the Mac's side
 */

const STANDARD = 0;
const LEFT = 1;
const RIGHT = 2;
const KEYPAD = 3;

/** @type {Array<[string, number, 0|1|2|3, number]>} */
const ROWS = [
  ['KeyA', 65, STANDARD, 0x00], ['KeyB', 66, STANDARD, 0x0b], ['KeyC', 67, STANDARD, 0x08],
  ['KeyD', 68, STANDARD, 0x02], ['KeyE', 69, STANDARD, 0x0e], ['KeyF', 70, STANDARD, 0x03],
  ['KeyG', 71, STANDARD, 0x05], ['KeyH', 72, STANDARD, 0x04], ['KeyI', 73, STANDARD, 0x22],
  ['KeyJ', 74, STANDARD, 0x26], ['KeyK', 75, STANDARD, 0x28], ['KeyL', 76, STANDARD, 0x25],
  ['KeyM', 77, STANDARD, 0x2e], ['KeyN', 78, STANDARD, 0x2d], ['KeyO', 79, STANDARD, 0x1f],
  ['KeyP', 80, STANDARD, 0x23], ['KeyQ', 81, STANDARD, 0x0c], ['KeyR', 82, STANDARD, 0x0f],
  ['KeyS', 83, STANDARD, 0x01], ['KeyT', 84, STANDARD, 0x11], ['KeyU', 85, STANDARD, 0x20],
  ['KeyV', 86, STANDARD, 0x09], ['KeyW', 87, STANDARD, 0x0d], ['KeyX', 88, STANDARD, 0x07],
  ['KeyY', 89, STANDARD, 0x10], ['KeyZ', 90, STANDARD, 0x06],

  ['Digit0', 48, STANDARD, 0x1d], ['Digit1', 49, STANDARD, 0x12], ['Digit2', 50, STANDARD, 0x13],
  ['Digit3', 51, STANDARD, 0x14], ['Digit4', 52, STANDARD, 0x15], ['Digit5', 53, STANDARD, 0x17],
  ['Digit6', 54, STANDARD, 0x16], ['Digit7', 55, STANDARD, 0x1a], ['Digit8', 56, STANDARD, 0x1c],
  ['Digit9', 57, STANDARD, 0x19],

  ['Semicolon', 186, STANDARD, 0x29], ['Equal', 187, STANDARD, 0x18], ['Comma', 188, STANDARD, 0x2b],
  ['Minus', 189, STANDARD, 0x1b], ['Period', 190, STANDARD, 0x2f], ['Slash', 191, STANDARD, 0x2c],
  ['Backquote', 192, STANDARD, 0x32], ['BracketLeft', 219, STANDARD, 0x21], ['Backslash', 220, STANDARD, 0x2a],
  ['BracketRight', 221, STANDARD, 0x1e], ['Quote', 222, STANDARD, 0x27], ['IntlBackslash', 226, STANDARD, 0x0a],

  ['Escape', 27, STANDARD, 0x35], ['Backspace', 8, STANDARD, 0x33], ['Tab', 9, STANDARD, 0x30],
  ['Enter', 13, STANDARD, 0x24], ['Space', 32, STANDARD, 0x31], ['CapsLock', 20, STANDARD, 0x39],

  ['ShiftLeft', 16, LEFT, 0x38], ['ShiftRight', 16, RIGHT, 0x7b],
  ['ControlLeft', 17, LEFT, 0x36], ['ControlRight', 17, RIGHT, 0x7d],
  ['AltLeft', 18, LEFT, 0x3a], ['AltRight', 18, RIGHT, 0x7c],
  // One Command key code serves both sides of the space bar.
  ['MetaLeft', 91, LEFT, 0x37], ['MetaRight', 92, RIGHT, 0x37],

  ['ArrowLeft', 37, STANDARD, 0x3b], ['ArrowUp', 38, STANDARD, 0x3e],
  ['ArrowRight', 39, STANDARD, 0x3c], ['ArrowDown', 40, STANDARD, 0x3d],
  ['PageUp', 33, STANDARD, 0x74], ['PageDown', 34, STANDARD, 0x79],
  ['End', 35, STANDARD, 0x77], ['Home', 36, STANDARD, 0x73],
  ['Insert', 45, STANDARD, 0x72], ['Delete', 46, STANDARD, 0x75],

  ['F1', 112, STANDARD, 0x7a], ['F2', 113, STANDARD, 0x78], ['F3', 114, STANDARD, 0x63],
  ['F4', 115, STANDARD, 0x76], ['F5', 116, STANDARD, 0x60], ['F6', 117, STANDARD, 0x61],
  ['F7', 118, STANDARD, 0x62], ['F8', 119, STANDARD, 0x64], ['F9', 120, STANDARD, 0x65],
  ['F10', 121, STANDARD, 0x6d], ['F11', 122, STANDARD, 0x67], ['F12', 123, STANDARD, 0x6f],
  // F13, F14 and F15 of the extended keyboard.
  ['PrintScreen', 44, STANDARD, 0x69], ['ScrollLock', 145, STANDARD, 0x6b], ['Pause', 19, STANDARD, 0x71],

  ['Numpad0', 96, KEYPAD, 0x52], ['Numpad1', 97, KEYPAD, 0x53], ['Numpad2', 98, KEYPAD, 0x54],
  ['Numpad3', 99, KEYPAD, 0x55], ['Numpad4', 100, KEYPAD, 0x56], ['Numpad5', 101, KEYPAD, 0x57],
  ['Numpad6', 102, KEYPAD, 0x58], ['Numpad7', 103, KEYPAD, 0x59], ['Numpad8', 104, KEYPAD, 0x5b],
  ['Numpad9', 105, KEYPAD, 0x5c], ['NumpadMultiply', 106, KEYPAD, 0x43], ['NumpadAdd', 107, KEYPAD, 0x45],
  ['NumpadSubtract', 109, KEYPAD, 0x4e], ['NumpadDecimal', 110, KEYPAD, 0x41],
  ['NumpadDivide', 111, KEYPAD, 0x4b], ['NumpadEnter', 13, KEYPAD, 0x4c],
  ['NumpadEqual', 187, KEYPAD, 0x51], ['NumLock', 144, KEYPAD, 0x47],

  // Few keyboards have it and fewer systems hand it to a page: it is mostly pressed on the page's own keyboard.
  ['Power', 152, STANDARD, 0x7f],
];

/** Codes of other boards and browsers that mean a key of the table. */
const SYNONYMS = Object.freeze({
  Help: 'Insert',
  F13: 'PrintScreen',
  F14: 'ScrollLock',
  F15: 'Pause',
  OSLeft: 'MetaLeft',
  OSRight: 'MetaRight',
  NumpadClear: 'NumLock',
});

/** @type {ReadonlyMap<string, MacKey>} */
export const KEYS = new Map(ROWS.map(([code, keyCode, location, adb]) => [code, { keyCode, location, adb }]));

/** @type {Readonly<Record<string, string>>} */
const SWAPPED = Object.freeze({
  ControlLeft: 'MetaLeft',
  ControlRight: 'MetaRight',
  MetaLeft: 'ControlLeft',
  MetaRight: 'ControlRight',
});

/**
 * The table's name for a browser's key, or undefined for a key a Mac does not have.
 *
 * @param {string} code        `KeyboardEvent.code`
 * @param {boolean} [swapped]  Command and Control exchange their places
 * @returns {string|undefined}
 */
export function macKeyName(code, swapped = false) {
  const name = Object.hasOwn(SYNONYMS, code) ? SYNONYMS[/** @type {keyof typeof SYNONYMS} */ (code)] : code;
  if (!KEYS.has(name)) {
    return undefined;
  }
  return swapped && Object.hasOwn(SWAPPED, name) ? SWAPPED[name] : name;
}

/**
 * Which of a `key` message's four modifier flags a key stands for.
 *
 * @param {string} name a key of the table
 * @returns {'ctrl'|'alt'|'shift'|'meta'|undefined}
 */
export function modifierOf(name) {
  switch (name) {
    case 'ControlLeft':
    case 'ControlRight':
      return 'ctrl';
    case 'AltLeft':
    case 'AltRight':
      return 'alt';
    case 'ShiftLeft':
    case 'ShiftRight':
      return 'shift';
    case 'MetaLeft':
    case 'MetaRight':
      return 'meta';
    default:
      return undefined;
  }
}
