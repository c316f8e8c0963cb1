// @ts-check
import { byId, create } from './dom.js';
import { isKey, t } from './i18n.js';
import { CHORDS } from './chords.js';

/** The bar below the screen: what state the Mac is in, and a bar that goes away while the Mac is used. */

const IDLE_MS = 2800;
/** In full screen the bar comes up when the pointer rests at the lower edge. */
const EDGE_PX = 3;
const EDGE_REST_MS = 250;

export class Toolbar {
  #bar = byId('toolbar', HTMLElement);
  #name = byId('status-name', HTMLElement);
  #text = byId('status-text', HTMLElement);
  #watching = byId('status-watching', HTMLElement);
  #soundIcon = byId('sound-icon', SVGUseElement);
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #idle;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #edge;
  #isPlaying;
  #isFullScreen;
  /** @type {import('./stages.js').Condition|undefined} */
  #condition;

  /**
   * @param {{ surface: HTMLElement, isPlaying: () => boolean, isFullScreen: () => boolean,
   *   onChord: (keys: readonly string[]) => void }} surroundings
   */
  constructor({ surface, isPlaying, isFullScreen, onChord }) {
    this.#isPlaying = isPlaying;
    this.#isFullScreen = isFullScreen;
    document.addEventListener('pointermove', (event) => this.#pointerMoved(event, surface));
    document.addEventListener('pointerdown', (event) => this.#pointerMoved(event, surface));
    this.#bar.addEventListener('focusin', () => this.wake());
    this.#addSpecialKeys(onChord);
    this.wake();
  }

  /** Shows the bar, and hides it again after a while without use. */
  wake() {
    clearTimeout(this.#idle);
    document.body.dataset.controls = 'shown';
    this.#idle = setTimeout(() => this.#rest(), IDLE_MS);
  }

  focus() {
    this.wake();
    this.#bar.querySelector('button')?.focus();
  }

  /**
   * @param {{ condition: import('./stages.js').Condition, begun: boolean, name: string, width: number, height: number,
   *   watching: boolean }} state begun: there was a picture
   */
  show({ condition, begun, name, width, height, watching }) {
    if (condition !== this.#condition) {
      this.#condition = condition;
      this.wake();
    }
    this.#name.textContent = name || t('status.name');
    const key = `status.${condition === 'ended' && !begun ? 'failed' : condition}`;
    const size = condition === 'playing' && width > 0 ? `${width} × ${height}` : '';
    this.#text.textContent = size || (isKey(key) ? t(key) : '');
    this.#watching.hidden = !watching;
  }

  /** @param {boolean} silent */
  showSound(silent) {
    this.#soundIcon.setAttribute('href', silent ? '#icon-muted' : '#icon-sound');
  }

  #rest() {
    const busy = document.querySelector(':popover-open, dialog[open]') !== null || !this.#isPlaying();
    if (busy) {
      this.wake();
    } else {
      document.body.dataset.controls = 'hidden';
    }
  }

  /** @param {PointerEvent} event @param {HTMLElement} surface */
  #pointerMoved(event, surface) {
    clearTimeout(this.#edge);
    if (!this.#isFullScreen()) {
      if (event.target !== surface) {
        this.wake();
      }
    } else if (event.clientY >= innerHeight - EDGE_PX && event.buttons === 0) {
      this.#edge = setTimeout(() => this.wake(), EDGE_REST_MS);
    } else if (event.target !== surface) {
      this.wake();
    }
  }

  /** @param {(keys: readonly string[]) => void} onChord */
  #addSpecialKeys(onChord) {
    byId('special-keys', HTMLElement).append(
      ...CHORDS.map((chord) => {
        const button = create(
          'button',
          { attributes: { type: 'button', 'data-chord': chord.keys.join('+') } },
          create('kbd', { text: chord.symbols }),
          create('small', { attributes: { 'data-i18n': chord.label } }),
        );
        button.addEventListener('click', () => onChord(chord.keys));
        return button;
      }),
    );
  }
}
