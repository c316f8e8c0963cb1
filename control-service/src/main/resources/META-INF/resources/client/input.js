// @ts-check
import { Board } from './board.js';
import { byId } from './dom.js';
import { InputRoute } from './input-route.js';
import { HeldKeys, Keyboard } from './keyboard.js';
import { modifierOf } from './keymap.js';
import { Pointer } from './pointer.js';
import { connection, preferences, screen } from './start.js';
import { TextEntry } from './text-entry.js';
import { Touch } from './touch.js';
import { Typist } from './typing.js';

/**
 * The visitor's keys, mouse, fingers and texts on their way to the Mac, and whatever of them is held there. Lives as long
 * as the page.
 *
 *     route <-- held keys <-- keyboard, board, typist
 *           <-- pointer <-- mouse, touch
 */
export class Input {
  #surface;
  #systemKeyboard = byId('system-keyboard', HTMLTextAreaElement);
  #keyboard;
  #pointer;
  #touch;
  #typist;

  /**
   * @param {HTMLElement} surface the Mac's screen, as far as it is pointed at and has the focus
   * @param {{ onWayOut: () => void }} events the visitor wants from the Mac to the page's controls
   */
  constructor(surface, { onWayOut }) {
    this.#surface = surface;
    this.route = new InputRoute(connection.session);
    this.held = new HeldKeys(this.route);
    this.board = new Board(this.held);
    this.#typist = new Typist(this.held, { onDone: () => this.board.spend() });
    this.textEntry = new TextEntry(this.#typist, { onClosed: () => this.focus() });
    this.#keyboard = new Keyboard(this.held, {
      swapped: () => preferences.values.swapCommand,
      onMac: /Mac/.test(navigator.platform),
      isReserved: (_, event) => isWayOut(event),
    });
    this.#pointer = new Pointer({
      surface,
      toMac: (event) => screen.toMac(event),
      macPixelsPerCssPixel,
      route: this.route,
      keys: this.held,
      onAnyEvent: (event) => {
        this.#keyboard.reconcile(event);
        if (event.type === 'pointerdown') {
          surface.focus({ preventScroll: true });
        }
      },
      preferences: () => preferences.values,
      nextFrame: (run) => requestAnimationFrame(run),
      later: (run, ms) => setTimeout(run, ms),
    });
    this.#touch = new Touch({
      surface,
      toMac: (event) => screen.toMac(event),
      macSize: () => screen.size,
      macPixelsPerCssPixel,
      pointer: this.#pointer,
      mode: () => preferences.values.touch,
      setTimer: (run, ms) => setTimeout(run, ms),
      clearTimer: (timer) => clearTimeout(timer),
      onHold: () => navigator.vibrate?.(12),
    });
    this.route.use(connection.peer);
    this.#listen(onWayOut);
  }

  /** @param {() => void} onWayOut */
  #listen(onWayOut) {
    window.addEventListener('keydown', (event) => {
      // The ring around the screen is for those who come to it by keyboard.
      document.body.dataset.navigation = event.key === 'Tab' && !this.#forTheMac() ? 'keys' : 'pointer';
      if (isWayOut(event)) {
        event.preventDefault();
        this.releaseAll();
        onWayOut();
      } else if (this.#forTheMac()) {
        this.#keyboard.keyDown(event);
      }
    });
    // Releases are heard wherever the focus is: only keys that went to the Mac have an effect.
    window.addEventListener('keyup', (event) => {
      this.#keyboard.keyUp(event);
      if (!modifierOf(event.code)) {
        this.board.spend();
      }
    });
    this.#surface.addEventListener('blur', (event) => {
      // The device's own keyboard types for the Mac too, with the modifiers held on the screen's.
      if (event.relatedTarget !== this.#systemKeyboard) {
        this.releaseAll();
      }
    });
    window.addEventListener('blur', () => this.releaseAll());
  }

  /** Whether keys belong to the Mac: the screen has the focus, or nothing else claims it. */
  #forTheMac() {
    const focus = document.activeElement;
    return (
      (focus === this.#surface || focus === document.body) && !document.querySelector(':popover-open, dialog[open]')
    );
  }

  /** Gives the keyboard back to the Mac, unless a device's own keyboard is open for it. */
  focus() {
    if (document.activeElement !== this.#systemKeyboard) {
      this.#surface.focus({ preventScroll: true });
    }
  }

  /** Nothing stays pressed on the Mac once its screen has lost the visitor's attention. */
  releaseAll() {
    this.#keyboard.reset();
    this.#touch.reset();
    this.#typist.stop();
    this.#pointer.releaseAll();
    this.held.releaseAll();
  }

  /** Begins anew on another connection, or none. What was held on the old one, the service has released by itself. */
  beginAnew() {
    this.#keyboard.reset();
    this.#touch.reset();
    this.#typist.stop();
    this.held.forget();
    this.#pointer.forget();
    this.route.use(connection.peer);
  }
}

/**
 * Control, Alt and M: how somebody without a mouse gets from the Mac, which takes every key, to the controls.
 *
 * @param {import('./keyboard.js').ModifierFlags & { code: string }} event
 */
function isWayOut(event) {
  return event.code === 'KeyM' && event.ctrlKey && event.altKey && !event.getModifierState?.('AltGraph');
}

function macPixelsPerCssPixel() {
  const { layout } = screen;
  return layout ? screen.size.width / layout.width : 1;
}
