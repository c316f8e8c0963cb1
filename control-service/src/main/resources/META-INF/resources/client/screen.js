// @ts-check
import { layOut, snap, toMacPixel } from './geometry.js';

/** The size of the dark screen before anything is known: what most of these Macs had. */
const UNKNOWN = Object.freeze({ width: 640, height: 480 });

/**
 * The Mac's screen in the page: a <video> in a box whose size is a multiple of the Mac's pixels, and a still of the last
 * picture that stays while a connection is made again. Owns the video element; nobody else sets its source.
 */
export class Screen {
  #video;
  #still;
  #frame;
  #room;
  /** What the service says of the Mac's screen; the picture itself may arrive smaller from a scaling encoder. */
  #mac = { width: 0, height: 0 };
  /** @type {import('./geometry.js').ScaleMode} */
  #mode = 'auto';
  #smooth = false;
  /** @type {MediaStreamTrack|undefined} */
  #track;
  /** Whether a frame of the track was on the screen. */
  #live = false;
  #onFirstFrame;
  #onLayout;
  /** @type {import('./geometry.js').Layout|undefined} */
  #layout;

  /**
   * @param {{ video: HTMLVideoElement, still: HTMLCanvasElement, frame: HTMLElement, room: HTMLElement }} elements
   *   frame is sized to the picture, room is the space it may fill
   * @param {{ onFirstFrame: () => void, onLayout?: (layout: import('./geometry.js').Layout) => void }} events
   */
  constructor({ video, still, frame, room }, { onFirstFrame, onLayout }) {
    this.#video = video;
    this.#still = still;
    this.#frame = frame;
    this.#room = room;
    this.#onFirstFrame = onFirstFrame;
    this.#onLayout = onLayout;
    new ResizeObserver(() => this.layOut()).observe(room);
    video.addEventListener('resize', () => this.layOut());
    this.#watchPixelRatio();
  }

  /** @param {{ scale: import('./geometry.js').ScaleMode, smooth: boolean }} preferences */
  configure({ scale, smooth }) {
    this.#mode = scale;
    this.#smooth = smooth;
    this.layOut();
  }

  /** Mac pixels, both 0 before anything is known. */
  get size() {
    if (this.#mac.width > 0 && this.#mac.height > 0) {
      return this.#mac;
    }
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  get layout() {
    return this.#layout;
  }

  get video() {
    return this.#video;
  }

  /** @param {number} width @param {number} height as the service reports them, 0 when unknown */
  setMacSize(width, height) {
    if (width !== this.#mac.width || height !== this.#mac.height) {
      this.#mac = { width, height };
      this.layOut();
    }
  }

  /**
   * Shows a track, unless it is shown already. The still, when there is one, stays until the track's first frame is on
   * the screen.
   *
   * @param {MediaStreamTrack} track
   */
  show(track) {
    if (track === this.#track) {
      return;
    }
    this.#track = track;
    this.#live = false;
    const video = this.#video;
    video.srcObject = new MediaStream([track]);
    const first = () => {
      if (this.#track === track) {
        this.#live = true;
        this.#still.hidden = true;
        this.layOut();
        this.#onFirstFrame();
      }
    };
    if (video.requestVideoFrameCallback) {
      video.requestVideoFrameCallback(first);
    } else {
      video.addEventListener('loadeddata', first, { once: true });
    }
    // Muted video may always play; a browser that still refuses shows the picture after the first gesture.
    video.play().catch(() => {});
  }

  /** Keeps the present picture as a still, for the time without a connection. */
  freeze() {
    if (this.#live && this.#still.hidden && this.paint(this.#still)) {
      this.#still.hidden = false;
    }
    this.#track = undefined;
  }

  /**
   * Draws the present picture, one canvas pixel per pixel of the video.
   *
   * @param {HTMLCanvasElement} canvas
   * @returns {boolean} whether there was a picture
   */
  paint(canvas) {
    const { videoWidth, videoHeight } = this.#video;
    const context = canvas.getContext('2d');
    if (!context || videoWidth === 0) {
      return false;
    }
    canvas.width = videoWidth;
    canvas.height = videoHeight;
    context.drawImage(this.#video, 0, 0, videoWidth, videoHeight);
    return true;
  }

  /** @param {{ clientX: number, clientY: number }} event */
  toMac({ clientX, clientY }) {
    return toMacPixel({ x: clientX, y: clientY }, this.#video.getBoundingClientRect(), this.size);
  }

  layOut() {
    const mac = this.size.width > 0 ? this.size : UNKNOWN;
    const style = getComputedStyle(this.#room);
    const inset = (/** @type {string} */ value) => Number.parseFloat(value) || 0;
    const available = {
      width: this.#room.clientWidth - inset(style.paddingLeft) - inset(style.paddingRight),
      height: this.#room.clientHeight - inset(style.paddingTop) - inset(style.paddingBottom),
    };
    const ratio = window.devicePixelRatio;
    const layout = layOut(available, ratio, mac, this.#mode);
    this.#layout = layout;
    this.#frame.style.width = `${layout.width}px`;
    this.#frame.style.height = `${layout.height}px`;
    this.#frame.style.left = `${snap(inset(style.paddingLeft) + (available.width - layout.width) / 2, ratio)}px`;
    // How far down the free height the screen sits: the middle, higher up where a keyboard will need the room.
    const align = Number.parseFloat(style.getPropertyValue('--screen-align')) || 0.5;
    this.#frame.style.top = `${snap(inset(style.paddingTop) + (available.height - layout.height) * align, ratio)}px`;
    // Nearest-neighbour would drop lines of a picture that is made smaller.
    this.#frame.dataset.pixels = layout.scale < 1 || (this.#smooth && !layout.integer) ? 'smooth' : 'crisp';
    this.#onLayout?.(layout);
  }

  /** Moving the window to another display, or zooming the page, changes the ratio without resizing the room. */
  #watchPixelRatio() {
    const query = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    query.addEventListener(
      'change',
      () => {
        this.layOut();
        this.#watchPixelRatio();
      },
      { once: true },
    );
  }
}
