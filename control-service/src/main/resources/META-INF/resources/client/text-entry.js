// @ts-check
import { byId } from './dom.js';
import { t } from './i18n.js';
import { toast } from './panels.js';
import { editBetween, strokesFor } from './typing.js';

/** Text for the Mac that does not come key by key: a phone's own keyboard, and what is pasted. */

/** Blanks that a phone's Backspace can take away, so that it is noticed in an otherwise empty field. */
const SENTINEL = ' '.repeat(32);
const MAX_LENGTH = 400;
const MAX_PASTE = 20_000;

export class TextEntry {
  #field = byId('system-keyboard', HTMLTextAreaElement);
  #dialog = byId('paste', HTMLDialogElement);
  #text = byId('paste-text', HTMLTextAreaElement);
  #typist;
  #before = SENTINEL;

  /**
   * @param {import('./typing.js').Typist} typist
   * @param {{ onClosed: () => void }} events
   */
  constructor(typist, { onClosed }) {
    this.#typist = typist;
    this.#field.addEventListener('focus', () => this.#clear());
    this.#field.addEventListener('input', () => this.#typed());
    this.#dialog.addEventListener('close', onClosed);
    byId('paste-type', HTMLButtonElement).addEventListener('click', () => this.#paste());
    byId('paste-cancel', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
  }

  /** Opens the device's own keyboard; has to be called from a gesture. */
  openSystemKeyboard() {
    this.#field.focus({ preventScroll: true });
  }

  /** Shows the text to be typed, taken from the clipboard where the browser allows it. */
  async openPaste() {
    this.#text.value = '';
    this.#dialog.showModal();
    try {
      this.#text.value = (await navigator.clipboard.readText()).slice(0, MAX_PASTE);
    } catch {
      // The visitor pastes it into the field instead.
    }
  }

  #paste() {
    const { strokes, skipped } = strokesFor(this.#text.value.slice(0, MAX_PASTE));
    this.#dialog.close();
    this.#typist.type(strokes);
    if (skipped > 0) {
      toast(t('keyboard.skipped', { count: skipped }));
    }
  }

  #typed() {
    const { backspaces, text } = editBetween(this.#before, this.#field.value);
    const { strokes } = strokesFor(text);
    this.#typist.type([...Array.from({ length: backspaces }, () => ['Backspace']), ...strokes]);
    this.#before = this.#field.value;
    if (text.endsWith('\n') || this.#before.length > MAX_LENGTH || this.#before.length < SENTINEL.length / 2) {
      this.#clear();
    }
  }

  #clear() {
    this.#field.value = SENTINEL;
    this.#before = SENTINEL;
    this.#field.setSelectionRange(SENTINEL.length, SENTINEL.length);
  }
}
