// @ts-check
/**
 * The JSON messages between this page and the services, as api/src/main/proto/macemu/v1/signaling.proto documents
 * them. Builders for what the page sends; one reader for what it receives.
 *
 * @typedef {{ type: 'welcome', viewer: string, heartbeatSeconds?: number, iceServers?: RTCIceServer[],
 *   lanes?: string[] }} Welcome
 * @typedef {{ type: 'answer', sdp: string, lane?: string }} Answer
 * @typedef {{ type: 'candidate', candidate: string, sdpMid?: string, sdpMLineIndex?: number }} Candidate
 * @typedef {{ type: 'state', emulator: 'connected'|'disconnected', width?: number, height?: number, fps?: number,
 *   viewers?: number, input?: boolean, controller?: string, role?: string, emulatorName?: string,
 *   problem?: string }} State
 * @typedef {{ viewer: string, name?: string, role?: string, requests?: boolean }} Participant
 * @typedef {{ type: 'participants', participants: Participant[] }} Participants
 * @typedef {{ type: 'error', code: string, message: string, fatal?: boolean }} ServiceError
 * @typedef {{ type: 'goodbye', reason: string, retryAfterMs?: number }} Goodbye
 * @typedef {{ type: 'move', reason: string, lane?: string, viewer?: string, iceServers?: RTCIceServer[],
 *   lanes?: string[] }} Move
 * @typedef {{ type: 'pong', time?: number }} Pong
 * @typedef {{ viewer: string, name: string, x: number, y: number }} PointerOf Mac pixels
 * @typedef {{ type: 'pointers', pointers: PointerOf[] }} Pointers
 * @typedef {Pointers|Welcome|Answer|Candidate|State|Participants|ServiceError|Goodbye|Move|Pong} ServerMessage
 *
 * @typedef {{ ctrl: boolean, alt: boolean, shift: boolean, meta: boolean }} Modifiers
 * @typedef {{ type: 'mouse_move', x: number, y: number }|{ type: 'mouse_move', dx: number, dy: number }|
 *   { type: 'mouse_button', x: number, y: number, button: number, pressed: boolean }|
 *   { type: 'mouse_wheel', dx: number, dy: number }|
 *   ({ type: 'key', code: number, pressed: boolean, location: number } & Modifiers)|
 *   { type: 'release_all' }} InputMessage
 */

/** Fields a message must have, by type, with their JavaScript type. Anything else of a message is optional. */
const REQUIRED = Object.freeze({
  welcome: { viewer: 'string' },
  answer: { sdp: 'string' },
  candidate: { candidate: 'string' },
  state: { emulator: 'string' },
  participants: { participants: 'object' },
  pointers: { pointers: 'object' },
  error: { code: 'string', message: 'string' },
  goodbye: { reason: 'string' },
  move: { reason: 'string' },
  pong: {},
});

/**
 * @param {unknown} text what arrived on the WebSocket
 * @returns {ServerMessage}
 * @throws {TypeError} naming what was found and what was expected
 */
export function readServerMessage(text) {
  if (typeof text !== 'string') {
    throw new TypeError('binary message from the signalling service, expected JSON text');
  }
  /** @type {any} */
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    throw new TypeError(`not JSON: ${text.slice(0, 80)}`);
  }
  const type = message?.type;
  if (typeof type !== 'string' || !Object.hasOwn(REQUIRED, type)) {
    throw new TypeError(`message type ${JSON.stringify(type)}, expected one of ${Object.keys(REQUIRED).join(', ')}`);
  }
  const fields = REQUIRED[/** @type {keyof typeof REQUIRED} */ (type)];
  for (const [field, expected] of Object.entries(fields)) {
    if (typeof message[field] !== expected) {
      throw new TypeError(`${type}.${field} is ${typeof message[field]}, expected ${expected}`);
    }
  }
  if (type === 'participants') {
    message.participants = people(message.participants);
  }
  if (type === 'pointers') {
    message.pointers = pointing(message.pointers);
  }
  return message;
}

/**
 * @param {unknown} found
 * @returns {Participant[]} those entries that are participants
 */
function people(found) {
  return Array.isArray(found) ? found.filter((entry) => typeof entry?.viewer === 'string') : [];
}

/**
 * @param {unknown} found
 * @returns {PointerOf[]} those entries that are pointers
 */
function pointing(found) {
  const isPointer = (/** @type {any} */ entry) =>
    typeof entry?.viewer === 'string' && Number.isFinite(entry.x) && Number.isFinite(entry.y);
  return Array.isArray(found) ? found.filter(isPointer) : [];
}

/** @param {number} x @param {number} y Mac pixels @returns {InputMessage} */
export function mouseMove(x, y) {
  return { type: 'mouse_move', x, y };
}

/** @param {number} dx @param {number} dy Mac pixels since the last one @returns {InputMessage} */
export function mouseMoveBy(dx, dy) {
  return { type: 'mouse_move', dx, dy };
}

/**
 * @param {number} x Mac pixels
 * @param {number} y Mac pixels
 * @param {number} button 0 left, 1 middle, 2 right
 * @param {boolean} pressed
 * @returns {InputMessage}
 */
export function mouseButton(x, y, button, pressed) {
  return { type: 'mouse_button', x, y, button, pressed };
}

/** @param {number} dx @param {number} dy lines, down and right positive @returns {InputMessage} */
export function mouseWheel(dx, dy) {
  return { type: 'mouse_wheel', dx, dy };
}

/**
 * @param {import('./keymap.js').MacKey} key
 * @param {boolean} pressed
 * @param {Modifiers} modifiers held once this key is pressed or released
 * @returns {InputMessage}
 */
export function keyMessage(key, pressed, modifiers) {
  return { type: 'key', code: key.keyCode, pressed, ...modifiers, location: key.location };
}

/** @returns {InputMessage} */
export function releaseAll() {
  return { type: 'release_all' };
}
