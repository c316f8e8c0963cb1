// @ts-check
import { ControlError, problemOf } from './control.js';

/**
 * One file on its way to the service, piece by piece (tus 1.0.0, https://tus.io/protocols/resumable-upload): goes on by
 * itself after an interruption, and where it was after a reload, because the service knows how far it came.
 *
 *     waiting -> running -> done
 *                  |  ^  \-> failed (a reason only the visitor can mend) -> running
 *                  v  |
 *               interrupted (network, restart): tried again by itself
 *     any -> cancelled
 *
 * @typedef {'waiting'|'running'|'interrupted'|'failed'|'done'|'cancelled'} UploadState
 *
 * @typedef {object} Answer
 * @property {number} status  0 when nothing was reached
 * @property {string} text
 * @property {(name: string) => string|null} header
 *
 * @typedef {object} Transport  the browser, replaceable in tests
 * @property {(request: { method: string, url: string, headers: Record<string, string>, body?: Blob,
 *   onProgress?: (bytes: number) => void, signal: AbortSignal }) => Promise<Answer>} send
 * @property {(ms: number) => Promise<void>} pause
 * @property {() => number} now milliseconds
 *
 * @typedef {object} UploadTarget
 * @property {import('./storage.js').Folder} folder
 * @property {boolean} [overwrite] a file of that name is replaced
 * @property {string} [url] of an upload that was begun earlier
 */

const UPLOADS = '/api/v1/storage/uploads';
const TUS = Object.freeze({ 'Tus-Resumable': '1.0.0' });
const SLICE = 8 * 1024 * 1024;
/** Pauses between tries grow up to the second figure; after the number of tries the visitor decides. */
const RETRY_MS = Object.freeze([500, 5000]);
const TRIES = 40;
/** The speed that is shown is that of the last few seconds. */
const SPEED_WINDOW_MS = 4000;

export class Upload {
  /** @type {UploadState} */
  state = 'waiting';
  /** Bytes that have arrived, those under way included. */
  sent = 0;
  /** @type {ControlError|undefined} */
  failure;
  #file;
  #target;
  #transport;
  #onChange;
  #stop = new AbortController();
  /** @type {string|undefined} */
  #url;
  /** The last bytes have left; their answer is awaited, or was lost. */
  #finishing = false;
  /** @type {Array<{ time: number, sent: number }>} */
  #samples = [];

  /**
   * @param {Blob & { name: string }} file
   * @param {UploadTarget} target
   * @param {Transport} transport
   * @param {() => void} onChange
   */
  constructor(file, target, transport, onChange) {
    this.#file = file;
    this.#target = target;
    this.#transport = transport;
    this.#onChange = onChange;
    this.#url = target.url;
  }

  get name() {
    return this.#file.name;
  }

  get size() {
    return this.#file.size;
  }

  get folder() {
    return this.#target.folder;
  }

  /** The address of the part that the service keeps; undefined before it has one. */
  get url() {
    return this.#url;
  }

  /** Whether the visitor may replace the file that has the name already. */
  get canOverwrite() {
    return this.state === 'failed' && this.failure?.kind === 'file-exists';
  }

  /** Bytes a second lately, 0 when unknown. */
  get speed() {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    const span = first && last ? last.time - first.time : 0;
    return span > 200 && last && first ? (1000 * (last.sent - first.sent)) / span : 0;
  }

  /**
   * Sends what is missing; returns when the upload is done, failed or cancelled.
   *
   * @param {{ overwrite?: boolean }} [options]
   */
  async run({ overwrite = false } = {}) {
    if (this.state === 'running' || this.state === 'cancelled' || this.state === 'done') {
      return;
    }
    if (overwrite) {
      this.#target = { ...this.#target, overwrite };
      this.#url = undefined;
    }
    this.failure = undefined;
    this.#samples = [];
    this.#set('running');
    for (let tries = 0; ; ) {
      const before = this.sent;
      try {
        await this.#sendAll();
        this.#set('done');
        return;
      } catch (failure) {
        if (/** @type {UploadState} */ (this.state) === 'cancelled') {
          return;
        }
        const problem = failure instanceof ControlError ? failure : new ControlError(0, String(failure));
        tries = this.sent > before ? 0 : tries + 1;
        if (!isPassing(problem) || tries >= TRIES) {
          this.failure = problem;
          this.#set('failed');
          return;
        }
        this.#samples = [];
        this.#set('interrupted');
        await this.#transport.pause(Math.min(RETRY_MS[0] * 2 ** Math.min(tries, 8), RETRY_MS[1]));
        if (/** @type {UploadState} */ (this.state) === 'cancelled') {
          return;
        }
        this.#set('running');
      }
    }
  }

  /** Ends the upload and has the service forget what has arrived. */
  async cancel() {
    if (this.state === 'done' || this.state === 'cancelled') {
      return;
    }
    this.#set('cancelled');
    this.#stop.abort();
    if (this.#url) {
      await this.#transport.send({
        method: 'DELETE', url: this.#url, headers: TUS, signal: new AbortController().signal,
      }).catch(() => {});
    }
  }

  async #sendAll() {
    let offset = this.#url ? await this.#askOffset() : await this.#create();
    this.#finishing = false;
    this.#progress(offset);
    // An empty file is complete with its creation.
    while (offset < this.size) {
      const start = offset;
      this.#finishing = start + SLICE >= this.size;
      const answer = await this.#send({
        method: 'PATCH',
        headers: { 'Upload-Offset': String(start), 'Content-Type': 'application/offset+octet-stream' },
        body: this.#file.slice(start, start + SLICE),
        onProgress: (bytes) => this.#progress(start + bytes),
      });
      offset = offsetOf(answer);
      this.#progress(offset);
    }
  }

  async #create() {
    const { folder, overwrite } = this.#target;
    const metadata = [`folder ${base64(folder)}`, `filename ${base64(this.name)}`];
    if (overwrite) {
      metadata.push(`overwrite ${base64('true')}`);
    }
    const answer = await this.#send({
      method: 'POST',
      url: UPLOADS,
      headers: { 'Upload-Length': String(this.size), 'Upload-Metadata': metadata.join(',') },
    });
    const location = answer.header('Location');
    if (!location) {
      throw new ControlError(answer.status, 'no Location');
    }
    this.#url = new URL(location, 'http://localhost/').pathname;
    return 0;
  }

  async #askOffset() {
    try {
      return offsetOf(await this.#send({ method: 'HEAD', headers: {} }));
    } catch (failure) {
      if (failure instanceof ControlError && failure.status === 404) {
        if (this.#finishing) {
          // Completed by a request whose answer was lost.
          return this.size;
        }
        this.#url = undefined;
        return this.#create();
      }
      throw failure;
    }
  }

  /** @param {{ method: string, url?: string, headers: Record<string, string>, body?: Blob,
   *   onProgress?: (bytes: number) => void }} request */
  async #send({ method, url = this.#url ?? '', headers, body, onProgress }) {
    const answer = await this.#transport.send({
      method, url, headers: { ...TUS, ...headers }, body, onProgress, signal: this.#stop.signal,
    });
    if (this.#stop.signal.aborted) {
      throw new ControlError(0, 'aborted');
    }
    if (answer.status < 200 || answer.status > 299) {
      throw problemOf(answer.status, '', answer.header('Content-Type'), answer.text);
    }
    return answer;
  }

  /** @param {number} sent */
  #progress(sent) {
    this.sent = sent;
    const time = this.#transport.now();
    this.#samples.push({ time, sent });
    while (this.#samples.length > 2 && time - this.#samples[0].time > SPEED_WINDOW_MS) {
      this.#samples.shift();
    }
    this.#onChange();
  }

  /** @param {UploadState} state */
  #set(state) {
    this.state = state;
    this.#onChange();
  }
}

/** Whether time alone may mend it. @param {ControlError} problem */
function isPassing({ status, kind }) {
  return status === 0 || kind === 'upload-offset-mismatch' || [429, 502, 503, 504].includes(status);
}

/** @param {Answer} answer */
function offsetOf(answer) {
  const offset = Number(answer.header('Upload-Offset') ?? Number.NaN);
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw new ControlError(answer.status, `Upload-Offset ${answer.header('Upload-Offset')}`);
  }
  return offset;
}

/** @param {string} text */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** XMLHttpRequest, because fetch does not tell how much of a body has left. @type {Transport} */
export const BROWSER = {
  send: ({ method, url, headers, body, onProgress, signal }) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, url);
      for (const [name, value] of Object.entries(headers)) {
        request.setRequestHeader(name, value);
      }
      request.upload.addEventListener('progress', ({ loaded }) => onProgress?.(loaded));
      request.addEventListener('loadend', () =>
        resolve({
          status: request.status,
          text: request.responseText,
          header: (name) => request.getResponseHeader(name),
        }),
      );
      const abort = () => {
        request.abort();
        reject(new ControlError(0, 'aborted'));
      };
      signal.addEventListener('abort', abort, { once: true });
      request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
      request.send(body ?? null);
    }),
  pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  now: () => performance.now(),
};
