// @ts-check
/**
 * Key combinations that a browser keeps for itself or that a board lacks, by the names of keymap.js. All keys go down
 * in the order given and come up in the reverse.
 *
 * @typedef {object} Chord
 * @property {readonly string[]} keys
 * @property {string} symbols what a Mac's menu would show
 * @property {import('./i18n.js').Key} label
 */

/** @type {readonly Chord[]} */
export const CHORDS = Object.freeze([
  { keys: ['MetaLeft', 'KeyQ'], symbols: '⌘ Q', label: 'keyboard.quit' },
  { keys: ['MetaLeft', 'KeyW'], symbols: '⌘ W', label: 'keyboard.close' },
  { keys: ['MetaLeft', 'AltLeft', 'Escape'], symbols: '⌘ ⌥ esc', label: 'keyboard.forceQuit' },
  { keys: ['MetaLeft', 'Period'], symbols: '⌘ .', label: 'keyboard.cancel' },
  { keys: ['MetaLeft', 'ShiftLeft', 'Digit3'], symbols: '⌘ ⇧ 3', label: 'keyboard.screenshot' },
  { keys: ['Escape'], symbols: 'esc', label: 'keyboard.escape' },
  { keys: ['Power'], symbols: '◁', label: 'keyboard.power' },
]);

/** How long a chord stays down: the Mac reads its keyboard about sixty times a second. */
const HOLD_MS = 60;

/**
 * @param {import('./keyboard.js').HeldKeys} held
 * @param {readonly string[]} keys
 * @param {(run: () => void, ms: number) => void} [later]
 */
export function play(held, keys, later = (run, ms) => setTimeout(run, ms)) {
  const pressed = keys.filter((key) => held.press(key));
  later(() => {
    for (const key of pressed.reverse()) {
      held.release(key);
    }
  }, HOLD_MS);
}
