// @ts-check
import { create } from './dom.js';
import { number, t } from './i18n.js';
import { explain, iconButton, toast } from './panels.js';
import { folderOf, sizeText } from './storage.js';
import { BROWSER, Upload } from './upload.js';

/** The files on their way to the service, a row each. One travels at a time, whether anybody looks or not. */

/** Refusals that the same file meets again. */
const HOPELESS = new Set(['file-name-invalid', 'file-too-large']);

export class UploadQueue {
  #list;
  #onChange;
  /** @type {Upload[]} */
  #uploads = [];
  /** @type {Map<Upload, UploadRow>} */
  #rows = new Map();
  #sending = false;

  /**
   * @param {HTMLElement} list of the rows
   * @param {() => void} onChange the service has another file, or one that began to arrive less
   */
  constructor(list, onChange) {
    this.#list = list;
    this.#onChange = onChange;
    window.addEventListener('beforeunload', (event) => {
      if (this.#sending) {
        // The browser asks in its own words; what has arrived would not be lost.
        event.preventDefault();
      }
    });
  }

  /** Whether it goes on with this upload. @param {string} url */
  has(url) {
    return this.#uploads.some((upload) => upload.url === url);
  }

  /** Writes everything again, in another language. */
  refresh() {
    this.#rows.forEach((row, upload) => row.show(upload));
  }

  /**
   * @param {File[]} files
   * @param {readonly import('./storage.js').PartialUpload[]} [begun] what the service has of earlier uploads
   */
  add(files, begun = []) {
    for (const file of files) {
      const folder = folderOf(file.name, file.size);
      const earlier = begun.find(
        (partial) => partial.folder === folder && partial.name === file.name && partial.size === file.size,
      );
      const upload = new Upload(file, { folder, url: earlier?.url }, BROWSER, () => this.#rows.get(upload)?.show(upload));
      const row = new UploadRow(upload, {
        onRetry: (overwrite) => this.#again(upload, overwrite),
        onCancel: () => this.#cancel(upload),
      });
      this.#uploads.push(upload);
      this.#rows.set(upload, row);
      this.#list.append(row.element);
    }
    this.#next();
  }

  async #next() {
    const upload = this.#uploads.find(({ state }) => state === 'waiting');
    if (this.#sending || !upload) {
      return;
    }
    await this.#run(upload, false);
    this.#next();
  }

  /** @param {Upload} upload @param {boolean} overwrite */
  async #again(upload, overwrite) {
    await this.#run(upload, overwrite);
    this.#next();
  }

  /** @param {Upload} upload @param {boolean} overwrite */
  async #run(upload, overwrite) {
    this.#sending = true;
    await upload.run({ overwrite });
    this.#sending = false;
    if (upload.state === 'done') {
      toast(t('files.uploaded', { name: upload.name }));
      this.#forget(upload);
      this.#onChange();
    }
  }

  /** @param {Upload} upload */
  async #cancel(upload) {
    this.#forget(upload);
    await upload.cancel();
    this.#onChange();
  }

  /** @param {Upload} upload */
  #forget(upload) {
    this.#uploads = this.#uploads.filter((other) => other !== upload);
    this.#rows.get(upload)?.element.remove();
    this.#rows.delete(upload);
  }
}

/** One upload in the dialog: its name, how far it is, and what can be done about it. */
class UploadRow {
  element;
  #bar = create('progress', { attributes: { max: '1' } });
  #text = create('span', { className: 'facts', attributes: { role: 'status' } });
  #retry = create('button', { className: 'button small', attributes: { type: 'button' } });

  /**
   * @param {Upload} upload
   * @param {{ onRetry: (overwrite: boolean) => void, onCancel: () => void }} actions
   */
  constructor(upload, { onRetry, onCancel }) {
    const cancel = iconButton('cross', 'files.cancel', upload.name);
    cancel.addEventListener('click', onCancel);
    this.#retry.addEventListener('click', () => onRetry(upload.canOverwrite));
    this.#bar.setAttribute('aria-label', upload.name);
    const name = create('span', { text: upload.name, className: 'file-name' });
    this.element = create('li', {}, create('div', {}, name, this.#bar, this.#text), this.#retry, cancel);
    this.show(upload);
  }

  /** @param {Upload} upload */
  show(upload) {
    this.element.dataset.state = upload.state;
    this.#bar.value = upload.size > 0 ? upload.sent / upload.size : upload.state === 'done' ? 1 : 0;
    const text = progressText(upload);
    if (this.#text.textContent !== text) {
      this.#text.textContent = text;
    }
    this.#retry.hidden = upload.state !== 'failed' || HOPELESS.has(upload.failure?.kind ?? '');
    this.#retry.textContent = t(upload.canOverwrite ? 'files.replace' : 'files.retry');
  }
}

/** @param {Upload} upload */
function progressText(upload) {
  const done = sizeText(upload.sent, number);
  const size = sizeText(upload.size, number);
  switch (upload.state) {
    case 'waiting':
      return t('files.waiting', { size });
    case 'interrupted':
      return t('files.interrupted', { done, size });
    case 'failed':
      return explain(upload.failure);
    default: {
      const { speed } = upload;
      const rate = speed > 0 ? ` · ${t('files.speed', { size: sizeText(speed, number) })}` : '';
      return t('files.progress', { done, size }) + rate;
    }
  }
}
