// @ts-check
import { byId, create } from './dom.js';

/**
 * Where the others point at the Mac's screen, and telling them where this visitor does while somebody else holds the
 * controls. The Mac knows nothing of these pointers.
 *
 * @typedef {object} PointersSurroundings
 * @property {HTMLElement} surface
 * @property {() => { width: number, height: number }} macSize
 * @property {(event: { clientX: number, clientY: number }) => { x: number, y: number, inside: boolean }} toMac
 * @property {(spot: { x: number, y: number }|{}) => void} send nothing: it points nowhere any more
 * @property {() => boolean} sharing   the visitor wants to see and to be seen
 * @property {() => boolean} watching  somebody else is there, and this visitor's mouse is not the Mac's
 */

/** As often as the service tells the others. */
const PERIOD_MS = 50;
/** Colours that stand out on a Mac's grey and on white, told apart by more than hue through the names beside them. */
const COLORS = 6;

export class PointersShown {
  #layer = byId('pointers', HTMLElement);
  #around;
  /** @type {Map<string, HTMLElement>} */
  #elements = new Map();
  /** @type {readonly import('./messages.js').PointerOf[]} */
  #pointers = [];
  /** @type {{ x: number, y: number }|undefined} */
  #mine;
  #told = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /** @param {PointersSurroundings} around */
  constructor(around) {
    this.#around = around;
    around.surface.addEventListener('pointermove', (event) => this.#moved(event));
    around.surface.addEventListener('pointerleave', () => this.#hide());
    around.surface.addEventListener('pointercancel', () => this.#hide());
  }

  /** @param {readonly import('./messages.js').PointerOf[]} pointers of everybody else */
  show(pointers) {
    this.#pointers = this.#around.sharing() ? pointers : [];
    const { width, height } = this.#around.macSize();
    const present = new Set(this.#pointers.map(({ viewer }) => viewer));
    for (const [viewer, element] of this.#elements) {
      if (!present.has(viewer)) {
        element.remove();
        this.#elements.delete(viewer);
      }
    }
    for (const { viewer, name, x, y } of width > 0 ? this.#pointers : []) {
      const element = this.#elements.get(viewer) ?? this.#add(viewer);
      element.style.left = `${(100 * (x + 0.5)) / width}%`;
      element.style.top = `${(100 * (y + 0.5)) / height}%`;
      element.lastElementChild?.replaceChildren(name);
    }
  }

  /** The visitor's choice has changed. */
  refresh() {
    if (!this.#around.sharing()) {
      this.show([]);
      this.#hide();
    }
  }

  /** @param {string} viewer */
  #add(viewer) {
    const color = [...viewer].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0) % COLORS;
    const element = create(
      'div',
      { className: 'pointer', attributes: { 'data-viewer': viewer, 'data-color': String(color) } },
      create('span', { className: 'pointer-name' }),
    );
    this.#layer.append(element);
    this.#elements.set(viewer, element);
    return element;
  }

  /** @param {PointerEvent} event */
  #moved(event) {
    if (!this.#around.sharing() || !this.#around.watching()) {
      this.#hide();
      return;
    }
    const { x, y } = this.#around.toMac(event);
    this.#mine = { x, y };
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.#mine) {
        this.#told = true;
        this.#around.send(this.#mine);
      }
    }, PERIOD_MS);
  }

  #hide() {
    this.#mine = undefined;
    if (this.#told) {
      this.#told = false;
      this.#around.send({});
    }
  }
}
