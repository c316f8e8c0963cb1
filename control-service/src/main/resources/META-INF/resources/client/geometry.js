// @ts-check
/**
 * Pure arithmetic of the Mac's screen in the page: how large it is drawn, and which Mac pixel is under the pointer.
 * No DOM here, so that every case has a unit test.
 *
 * Units: "CSS pixel" as in getBoundingClientRect and clientX; "device pixel" = CSS pixel x devicePixelRatio;
 * "Mac pixel" = a pixel of the emulated screen.
 *
 * @typedef {'auto'|'integer'|'fit'} ScaleMode
 * @typedef {{ width: number, height: number }} Size
 * @typedef {{ left: number, top: number, width: number, height: number }} Box
 * @typedef {object} Layout
 * @property {number} width   CSS pixels
 * @property {number} height  CSS pixels
 * @property {number} scale   device pixels per Mac pixel
 * @property {boolean} integer every Mac pixel covers the same whole number of device pixels
 */

/** `auto` keeps pixels equally large as long as that costs at most this part of the possible size. */
const AUTO_KEEPS = 0.8;

/**
 * @param {Size} available room in CSS pixels
 * @param {number} devicePixelRatio
 * @param {Size} mac      Mac pixels, both at least 1
 * @param {ScaleMode} mode
 * @returns {Layout}
 */
export function layOut(available, devicePixelRatio, mac, mode) {
  const ratio = devicePixelRatio > 0 ? devicePixelRatio : 1;
  const room = { width: Math.max(1, available.width) * ratio, height: Math.max(1, available.height) * ratio };
  const fit = Math.min(room.width / mac.width, room.height / mac.height);
  // A browser's rounding of the room must not cost a whole step.
  const whole = Math.floor(fit + 1e-6);
  const integer = whole >= 1 && (mode === 'integer' || (mode === 'auto' && whole / fit >= AUTO_KEEPS));
  const scale = integer ? whole : fit;
  return {
    width: (mac.width * scale) / ratio,
    height: (mac.height * scale) / ratio,
    scale,
    integer: integer || Number.isInteger(scale),
  };
}

/**
 * Rounds a CSS coordinate to a whole device pixel, so that a crisp picture does not start in the middle of one.
 *
 * @param {number} css
 * @param {number} devicePixelRatio
 */
export function snap(css, devicePixelRatio) {
  const ratio = devicePixelRatio > 0 ? devicePixelRatio : 1;
  return Math.round(css * ratio) / ratio;
}

/**
 * The part of a box that a picture of this size covers under `object-fit: contain`.
 *
 * @param {Box} box
 * @param {Size} picture
 * @returns {Box}
 */
export function contain(box, picture) {
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  return { left: box.left + (box.width - width) / 2, top: box.top + (box.height - height) / 2, width, height };
}

/**
 * The Mac pixel under a point of the page. Points in the letterbox or outside of the box give the nearest pixel, so a
 * drag that leaves the screen keeps following its edge.
 *
 * @param {{ x: number, y: number }} client CSS pixels, as `clientX` and `clientY`
 * @param {Box} box   the element that shows the picture, as getBoundingClientRect
 * @param {Size} mac  Mac pixels
 * @returns {{ x: number, y: number, inside: boolean }}
 */
export function toMacPixel(client, box, mac) {
  if (!(box.width > 0 && box.height > 0 && mac.width > 0 && mac.height > 0)) {
    return { x: 0, y: 0, inside: false };
  }
  const shown = contain(box, mac);
  const x = Math.floor(((client.x - shown.left) / shown.width) * mac.width + 1e-6);
  const y = Math.floor(((client.y - shown.top) / shown.height) * mac.height + 1e-6);
  return {
    x: Math.min(Math.max(x, 0), mac.width - 1),
    y: Math.min(Math.max(y, 0), mac.height - 1),
    inside: x >= 0 && y >= 0 && x < mac.width && y < mac.height,
  };
}
