// @ts-check
/**
 * The REST interface of the service this page came from.
 *
 * @typedef {object} EmulatorStatus
 * @property {{ connected: boolean, pid?: number, status?: Record<string, unknown> }} [emulator]
 * @property {{ width: number, height: number, captureFps: number, framesCaptured: number, framesEncoded: number,
 *   segment?: string }} [video]
 * @property {{ sampleRate: number, channels: number }} [audio]
 * @property {ServerDelay} [delay]
 * @property {number} [viewers]
 * @property {number} [uptimeSeconds]
 *
 * @typedef {object} ServerDelay  milliseconds, null while unknown
 * @property {number|null} inputToEmulatorMs
 * @property {number|null} encodeMs
 * @property {number|null} frameToWireMs  encoding included
 *
 * @typedef {{ signalingUrl: string|null, signalingPort: number, signalingPath: string }} ConnectionInfo
 * @typedef {{ roms: string[], disks: string[] }} Storage
 */

const BASE = '/api/v1';

/** The session whose Mac this page shows, where the server has several. */
const SESSION = new URLSearchParams(globalThis.location?.search ?? '').get('session');
const TIMEOUT_MS = 10_000;

/** An answer that is not a success: RFC 9457 problem details, or what is known instead. */
export class ControlError extends Error {
  /** Why this visitor is let in nowhere, as signalling errors name it. @type {string|undefined} */
  get code() {
    return { 401: 'token_required', 404: 'session_unknown', 429: 'rate_limited' }[this.status];
  }

  /**
   * @param {number} status 0 when the service could not be reached
   * @param {string} title
   * @param {string} [detail]
   * @param {string} [kind] such as `file-exists`
   */
  constructor(status, title, detail, kind) {
    super(detail ?? title);
    this.name = 'ControlError';
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.kind = kind;
  }
}

/**
 * What an answer that is not a success says of itself.
 *
 * @param {number} status
 * @param {string} title to use where it says nothing
 * @param {string|null} contentType
 * @param {string} text
 */
export function problemOf(status, title, contentType, text) {
  const problem = /[/+]json/.test(contentType ?? '') ? parse(text) : undefined;
  const kind = /^urn:macemu:problem:([a-z-]+)$/.exec(problem?.type ?? '')?.[1];
  return new ControlError(status, problem?.title ?? title, problem?.detail, kind);
}

/**
 * @param {string} path
 * @param {{ method?: string, body?: unknown, headers?: Record<string, string>, timeoutMs?: number }} [request]
 * @returns {Promise<any>}
 */
export async function call(path, { method = 'GET', body, headers = {}, timeoutMs = TIMEOUT_MS } = {}) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(BASE + aboutSession(path, SESSION), {
      method,
      headers: body === undefined ? headers : { ...headers, 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (failure) {
    throw new ControlError(0, 'unreachable', /** @type {Error} */ (failure).message);
  }
  const text = await response.text();
  const contentType = response.headers.get('Content-Type');
  if (!response.ok) {
    offered = response.status === 401 ? signInOffered(response.headers.get('Link')) : offered;
    throw problemOf(response.status, response.statusText, contentType, text);
  }
  return /[/+]json/.test(contentType ?? '') ? parse(text) : undefined;
}

/** @type {string|undefined} */
let offered;

/** Where this visitor can sign in, once the service has refused them and said so. */
export const signInAddress = () => offered;

/**
 * The address of a Link header's `authenticate` relation; only one on this very server is believed.
 *
 * @param {string|null} link
 * @returns {string|undefined}
 */
export function signInOffered(link) {
  return link?.match(/^<(\/(?!\/)[\w/-]+)>; rel="authenticate"$/)?.[1];
}

/**
 * What is asked about a Mac is asked about the session's.
 *
 * @param {string} path
 * @param {string|null} session
 * @returns {string}
 */
export function aboutSession(path, session) {
  return session ? `${path}${path.includes('?') ? '&' : '?'}session=${encodeURIComponent(session)}` : path;
}

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns {Promise<ConnectionInfo>} */
export const connectionInfo = () => call('/connection', { timeoutMs: 3000 });

/** @returns {Promise<EmulatorStatus>} */
export const status = () => call('/status', { timeoutMs: 3000 });

/** @returns {Promise<Record<string, unknown>>} */
export const config = () => call('/config');

/**
 * Changes the given preferences of the emulator and leaves every other one alone.
 *
 * @param {Record<string, unknown>} changes
 */
export const changeConfig = (changes) => call('/config', { method: 'PATCH', body: changes });

/**
 * Says that somebody comes, which wakes a Mac that was suspended, and where to signal for it.
 *
 * @param {string} session
 * @returns {Promise<ConnectionInfo>}
 */
export const visit = (session) =>
  call(`/sessions/${encodeURIComponent(session)}/visits`, { method: 'POST', body: {} }).then(
    (/** @type {any} */ answer) => answer.connection,
  );

/** @returns {Promise<Storage>} */
export const storage = () => call('/storage');

/**
 * A link that lets somebody in.
 *
 * @param {{ role: string, name: string, expiresIn: number }} invitation expiresIn in seconds
 * @returns {Promise<{ link: string, expires: number }>} expires in seconds since 1970
 */
export const invite = (invitation) =>
  call('/invitations', { method: 'POST', body: SESSION ? { ...invitation, session: SESSION } : invitation });

/** @param {string} viewer who is sent away */
export const removeViewer = (viewer) => call(`/viewers/${encodeURIComponent(viewer)}`, { method: 'DELETE' });

export const restart = () => call('/restart', { method: 'POST' });

export const shutDown = () => call('/shutdown', { method: 'POST' });

/**
 * The address of the signalling WebSocket.
 *
 * @param {Partial<ConnectionInfo>} info
 * @param {{ protocol: string, hostname: string }} page  window.location
 * @param {string|null} [session]  of several; absent for the server's own
 * @returns {string}
 */
export function signalingUrl(info, page, session) {
  const scheme = page.protocol === 'https:' ? 'wss' : 'ws';
  const url =
    info.signalingUrl ||
    `${scheme}://${page.hostname}:${info.signalingPort ?? 8090}${info.signalingPath ?? '/signaling'}`;
  return session ? `${url}?session=${encodeURIComponent(session)}` : url;
}
