// @ts-check
import { mouseButton, mouseMove, mouseMoveBy, mouseWheel } from './messages.js';

/**
 * Mouse and pen over the Mac's screen. Absolute by default: the Mac's pointer is where the visitor's is. Relative with
 * pointer lock, for software that reads the mouse itself. Fingers are touch.js's business.
 *
 * @typedef {object} PointerSurroundings
 * @property {HTMLElement} surface   the element that receives the events
 * @property {(event: { clientX: number, clientY: number }) => { x: number, y: number, inside: boolean }} toMac
 * @property {() => number} macPixelsPerCssPixel
 * @property {import('./input-route.js').InputRoute} route
 * @property {import('./keyboard.js').HeldKeys} keys
 * @property {(event: PointerEvent) => void} onAnyEvent       every event, for focus and stuck modifiers
 * @property {() => import('./preferences.js').Preferences} preferences
 * @property {(run: () => void) => void} nextFrame             requestAnimationFrame
 * @property {(run: () => void, milliseconds: number) => unknown} later   setTimeout
 */

/** `MouseEvent.buttons` bit of each `button` number of the protocol. */
const BUTTON_BITS = Object.freeze([1, 4, 2]);
const RIGHT = 2;
/** CSS pixels that browsers scroll for one line. */
const PIXELS_PER_LINE = 40;
const LINES_PER_PAGE = 20;
/** A pointer that was not moved for so long rests: milliseconds, more than a resend on any usable network. */
const REST = 150;

export class Pointer {
  #around;
  #pressed = new Set();
  /** @type {'ControlLeft'|undefined} Control held for a Control-click */
  #controlFor;
  /** @type {import('./messages.js').InputMessage|undefined} the newest move, not sent yet */
  #move;
  #moved = { x: 0, y: 0 };
  /** Whether the Mac has been told where its pointer is, on this connection. */
  #told = false;
  #relativeRest = { x: 0, y: 0 };
  #wheelRest = { x: 0, y: 0 };
  #scheduled = false;
  /** Positions sent on the channel that may lose them; names the one a resting pointer is told again. */
  #positions = 0;

  /** @param {PointerSurroundings} around */
  constructor(around) {
    this.#around = around;
    const { surface } = around;
    surface.addEventListener('pointerdown', (event) => this.#down(event));
    surface.addEventListener('pointermove', (event) => this.#moveTo(event));
    surface.addEventListener('pointerup', (event) => this.#buttons(event));
    surface.addEventListener('pointercancel', (event) => this.#cancel(event));
    surface.addEventListener('lostpointercapture', (event) => this.#buttons(event));
    surface.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    surface.addEventListener('contextmenu', (event) => event.preventDefault());
    surface.addEventListener('dragstart', (event) => event.preventDefault());
    document.addEventListener('pointerlockchange', () => {
      if (!this.#locked) {
        this.releaseAll();
      }
    });
  }

  /** Where the Mac's pointer was last put, in Mac pixels. */
  get position() {
    return { ...this.#moved };
  }

  get #locked() {
    return document.pointerLockElement === this.#around.surface;
  }

  /** Lets every button go, where the pointer is. */
  releaseAll() {
    for (const button of this.#pressed) {
      this.#around.route.send(mouseButton(this.#moved.x, this.#moved.y, button, false));
    }
    this.#pressed.clear();
    this.#releaseControl();
  }

  /** Forgets buttons and moves of a connection that is gone. */
  forget() {
    this.#pressed.clear();
    this.#told = false;
    this.#move = undefined;
    this.#controlFor = undefined;
  }

  /**
   * Moves the Mac's pointer, at most once per animation frame: the first move of a frame leaves at once, of those that
   * follow the newest one leaves with the next frame.
   *
   * @param {number} x Mac pixels
   * @param {number} y Mac pixels
   */
  moveTo(x, y) {
    if (this.#told && x === this.#moved.x && y === this.#moved.y && !this.#move) {
      return;
    }
    this.#moved = { x, y };
    this.#move = mouseMove(x, y);
    this.#flushSoon();
  }

  /**
   * @param {number} button 0 left, 1 middle, 2 right
   * @param {boolean} pressed
   */
  setButton(button, pressed) {
    if (pressed === this.#pressed.has(button)) {
      return;
    }
    // The press carries its place itself; a move that is still waiting would only arrive after it.
    this.#move = undefined;
    this.#positions += 1;
    const asControlClick = button === RIGHT && this.#around.preferences().rightClick === 'control';
    const { x, y } = this.#moved;
    if (pressed) {
      if (asControlClick && this.#around.keys.press('ControlLeft')) {
        this.#controlFor = 'ControlLeft';
      }
      if (this.#around.route.send(mouseButton(x, y, asControlClick ? 0 : button, true))) {
        this.#told = true;
        this.#pressed.add(button);
      }
    } else {
      this.#pressed.delete(button);
      const asLeft = button === RIGHT && (asControlClick || this.#controlFor !== undefined);
      this.#around.route.send(mouseButton(x, y, asLeft ? 0 : button, false));
      if (button === RIGHT) {
        this.#releaseControl();
      }
    }
  }

  /** @param {number} dx @param {number} dy lines; parts of a line are saved up */
  scroll(dx, dy) {
    this.#wheelRest.x += dx;
    this.#wheelRest.y += dy;
    const lines = { x: Math.trunc(this.#wheelRest.x), y: Math.trunc(this.#wheelRest.y) };
    if (lines.x !== 0 || lines.y !== 0) {
      this.#wheelRest.x -= lines.x;
      this.#wheelRest.y -= lines.y;
      this.#around.route.send(mouseWheel(lines.x, lines.y));
    }
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.#around.onAnyEvent(event);
    if (event.pointerType === 'touch') {
      return;
    }
    event.preventDefault();
    const { surface, route, preferences } = this.#around;
    if (preferences().pointer === 'relative' && !this.#locked && route.allowed) {
      // The click that catches the pointer is not the Mac's. Safari's version returns nothing.
      Promise.resolve(surface.requestPointerLock()).catch(() => {});
      return;
    }
    if (!this.#locked) {
      surface.setPointerCapture(event.pointerId);
      const { x, y } = this.#around.toMac(event);
      this.#moved = { x, y };
    }
    this.#buttons(event);
  }

  /** @param {PointerEvent} event */
  #moveTo(event) {
    if (event.pointerType === 'touch') {
      return;
    }
    this.#around.onAnyEvent(event);
    if (this.#locked) {
      this.#moveBy(event.movementX, event.movementY);
    } else if (this.#around.preferences().pointer === 'absolute') {
      const { x, y } = this.#around.toMac(event);
      this.moveTo(x, y);
    }
    // A second button pressed or released while the first is down arrives as a move.
    this.#buttons(event);
  }

  /** @param {number} cssX @param {number} cssY */
  #moveBy(cssX, cssY) {
    this.#positions += 1;
    const factor = this.#around.macPixelsPerCssPixel();
    this.#relativeRest.x += cssX * factor;
    this.#relativeRest.y += cssY * factor;
    this.#flushSoon();
  }

  /**
   * Brings the Mac's buttons in line with the event's: robust against releases that were never reported.
   *
   * @param {PointerEvent} event
   */
  #buttons(event) {
    if (event.pointerType === 'touch') {
      return;
    }
    BUTTON_BITS.forEach((bit, button) => {
      const down = (event.buttons & bit) !== 0;
      // Buttons that went down elsewhere in the page are not the Mac's.
      const mine = down && (this.#pressed.size > 0 || event.type === 'pointerdown');
      if (this.#pressed.has(button) ? !down : mine) {
        this.#flush();
        this.setButton(button, down);
      }
    });
  }

  /** @param {PointerEvent} event */
  #cancel(event) {
    if (event.pointerType !== 'touch') {
      this.releaseAll();
    }
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    // With Control the browser would zoom the page, and the Mac's visitor did not mean that.
    event.preventDefault();
    const perLine = [PIXELS_PER_LINE, 1, 1 / LINES_PER_PAGE][event.deltaMode] ?? PIXELS_PER_LINE;
    this.scroll(event.deltaX / perLine, event.deltaY / perLine);
  }

  #flushSoon() {
    if (this.#scheduled) {
      return;
    }
    this.#flush();
    this.#scheduled = true;
    this.#around.nextFrame(() => {
      this.#scheduled = false;
      if (this.#hasMove) {
        this.#flushSoon();
      }
    });
  }

  get #hasMove() {
    return this.#move !== undefined || Math.abs(this.#relativeRest.x) >= 1 || Math.abs(this.#relativeRest.y) >= 1;
  }

  #flush() {
    if (this.#move) {
      const position = this.#move;
      this.#told = this.#around.route.sendPosition(position);
      this.#move = undefined;
      this.#positions += 1;
      if (this.#around.route.lossy) {
        this.#tellAgainAtRest(position);
      }
    }
    const dx = Math.trunc(this.#relativeRest.x);
    const dy = Math.trunc(this.#relativeRest.y);
    if (dx !== 0 || dy !== 0) {
      this.#relativeRest.x -= dx;
      this.#relativeRest.y -= dy;
      this.#around.route.send(mouseMoveBy(dx, dy));
    }
  }

  /**
   * The last position of a movement has no next one to make good for it: it is told once more where nothing is lost.
   *
   * @param {import('./messages.js').InputMessage} position
   */
  #tellAgainAtRest(position) {
    const number = this.#positions;
    this.#around.later(() => {
      if (this.#told && number === this.#positions && !this.#move) {
        this.#around.route.send(position);
      }
    }, REST);
  }

  #releaseControl() {
    if (this.#controlFor) {
      this.#around.keys.release(this.#controlFor);
      this.#controlFor = undefined;
    }
  }
}
