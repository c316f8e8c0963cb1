// @ts-check
/**
 * Fingers on the Mac's screen.
 *
 * direct    a tap clicks where the finger is, a finger that moves drags from where it came down
 * trackpad  a finger moves the pointer from where it is, a tap clicks there, a tap followed by a move drags
 *
 * In both, a long press holds the button down (an old Mac's menus stay open only while it is), two fingers scroll, and
 * a tap with two fingers is the right button.
 *
 *     idle -> pressed -> tap | hold | drag | steer
 *                     -> two fingers -> scroll | right click
 *
 * @typedef {object} TouchSurroundings
 * @property {HTMLElement} surface
 * @property {(event: { clientX: number, clientY: number }) => { x: number, y: number }} toMac
 * @property {() => { width: number, height: number }} macSize
 * @property {() => number} macPixelsPerCssPixel
 * @property {Pick<import('./pointer.js').Pointer, 'moveTo'|'setButton'|'scroll'|'position'>} pointer
 * @property {() => 'direct'|'trackpad'} mode
 * @property {(run: () => void, ms: number) => unknown} setTimer
 * @property {(timer: any) => void} clearTimer
 * @property {() => void} [onHold]  for a vibration
 *
 * @typedef {{ id: number, x: number, y: number, startX: number, startY: number }} Finger
 */

const LEFT = 0;
const RIGHT = 2;
const LONG_PRESS_MS = 450;
const TAP_MS = 300;
/** A tap's press lasts long enough for the Mac to see it. */
const CLICK_MS = 50;
/** CSS pixels a finger may tremble. */
const SLOP = 8;
const PIXELS_PER_LINE = 18;
const TRACKPAD_GAIN = 1.4;

export class Touch {
  #around;
  /** @type {Map<number, Finger>} */
  #fingers = new Map();
  /** @type {'idle'|'pressed'|'hold'|'drag'|'steer'|'two'|'scroll'|'done'} */
  #state = 'idle';
  #since = 0;
  #lastTap = Number.NEGATIVE_INFINITY;
  /** @type {unknown} */
  #longPress;
  #rest = { x: 0, y: 0 };

  /** @param {TouchSurroundings} around */
  constructor(around) {
    this.#around = around;
    const { surface } = around;
    surface.addEventListener('pointerdown', (event) => this.down(event));
    surface.addEventListener('pointermove', (event) => this.move(event));
    surface.addEventListener('pointerup', (event) => this.up(event));
    surface.addEventListener('pointercancel', (event) => this.up(event, true));
  }

  /** Forgets every finger, for a screen that lost the visitor's attention. Buttons are released by the pointer. */
  reset() {
    this.#around.clearTimer(this.#longPress);
    this.#fingers.clear();
    this.#state = 'idle';
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.pointerType !== 'touch') {
      return;
    }
    const { clientX: x, clientY: y, pointerId: id } = event;
    this.#fingers.set(id, { id, x, y, startX: x, startY: y });
    if (this.#fingers.size === 1) {
      this.#state = 'pressed';
      this.#since = event.timeStamp;
      this.#rest = { x: 0, y: 0 };
      if (this.#around.mode() === 'direct') {
        this.#moveToFinger(event);
      }
      this.#longPress = this.#around.setTimer(() => this.#hold(), LONG_PRESS_MS);
    } else if (this.#fingers.size === 2 && (this.#state === 'pressed' || this.#state === 'steer')) {
      this.#around.clearTimer(this.#longPress);
      this.#state = 'two';
      this.#rest = { x: 0, y: 0 };
    }
  }

  /** @param {PointerEvent} event */
  move(event) {
    const finger = this.#fingers.get(event.pointerId);
    if (event.pointerType !== 'touch' || !finger) {
      return;
    }
    const dx = event.clientX - finger.x;
    const dy = event.clientY - finger.y;
    finger.x = event.clientX;
    finger.y = event.clientY;
    const strayed = Math.hypot(finger.x - finger.startX, finger.y - finger.startY) > SLOP;
    switch (this.#state) {
      case 'pressed':
        if (strayed) {
          this.#begin(event, finger);
        }
        break;
      case 'hold':
      case 'drag':
      case 'steer':
        this.#follow(event, dx, dy);
        break;
      case 'two':
      case 'scroll':
        if (strayed || this.#state === 'scroll') {
          this.#state = 'scroll';
          // Two fingers report the same way twice; what is on the screen follows them.
          this.#around.pointer.scroll(-dx / 2 / PIXELS_PER_LINE, -dy / 2 / PIXELS_PER_LINE);
        }
        break;
      default:
    }
  }

  /**
   * @param {PointerEvent} event
   * @param {boolean} [cancelled]
   */
  up(event, cancelled = false) {
    if (event.pointerType !== 'touch' || !this.#fingers.delete(event.pointerId)) {
      return;
    }
    this.#around.clearTimer(this.#longPress);
    const quick = event.timeStamp - this.#since < TAP_MS;
    switch (this.#state) {
      case 'pressed':
        if (!cancelled) {
          this.#lastTap = event.timeStamp;
          this.#click(LEFT);
        }
        break;
      case 'hold':
      case 'drag':
        this.#around.pointer.setButton(LEFT, false);
        break;
      case 'two':
        if (quick && !cancelled) {
          this.#click(RIGHT);
        }
        break;
      default:
    }
    this.#state = this.#fingers.size === 0 ? 'idle' : 'done';
  }

  /** @param {PointerEvent} event @param {Finger} finger */
  #begin(event, finger) {
    this.#around.clearTimer(this.#longPress);
    const dragsAfterTap = this.#since - this.#lastTap < TAP_MS;
    if (this.#around.mode() === 'direct' || dragsAfterTap) {
      this.#around.pointer.setButton(LEFT, true);
      this.#state = 'drag';
    } else {
      this.#state = 'steer';
    }
    this.#follow(event, finger.x - finger.startX, finger.y - finger.startY);
  }

  #hold() {
    if (this.#state === 'pressed') {
      this.#state = 'hold';
      this.#around.pointer.setButton(LEFT, true);
      this.#around.onHold?.();
    }
  }

  /** @param {PointerEvent} event @param {number} dx @param {number} dy CSS pixels */
  #follow(event, dx, dy) {
    if (this.#around.mode() === 'direct') {
      this.#moveToFinger(event);
      return;
    }
    const gain = this.#around.macPixelsPerCssPixel() * TRACKPAD_GAIN;
    this.#rest.x += dx * gain;
    this.#rest.y += dy * gain;
    const step = { x: Math.trunc(this.#rest.x), y: Math.trunc(this.#rest.y) };
    this.#rest.x -= step.x;
    this.#rest.y -= step.y;
    const { width, height } = this.#around.macSize();
    const { x, y } = this.#around.pointer.position;
    this.#around.pointer.moveTo(clamp(x + step.x, width), clamp(y + step.y, height));
  }

  /** @param {{ clientX: number, clientY: number }} event */
  #moveToFinger(event) {
    const { x, y } = this.#around.toMac(event);
    this.#around.pointer.moveTo(x, y);
  }

  /** @param {number} button */
  #click(button) {
    this.#around.pointer.setButton(button, true);
    this.#around.setTimer(() => this.#around.pointer.setButton(button, false), CLICK_MS);
  }
}

/** @param {number} value @param {number} size */
function clamp(value, size) {
  return Math.min(Math.max(value, 0), Math.max(size - 1, 0));
}
