// @ts-check
import { byId, create, icon } from './dom.js';
import { number, t } from './i18n.js';
import { confirm, explain, iconButton, named, toast } from './panels.js';
import { createImage, deleteFile, discardUpload, listFiles, sizeText, suits } from './storage.js';
import { UploadQueue } from './upload-queue.js';

/**
 * The dialog with the Mac's files: ROMs, disks and CD images, with uploads by drag-and-drop onto it or onto the Mac's
 * screen.
 *
 * @typedef {import('./storage.js').StoredFile} StoredFile
 *
 * @typedef {object} FilesEvents
 * @property {() => void} onClosed
 * @property {() => void} onSettings     the visitor wants to use a file
 * @property {() => string} emulatorName which decides what a ROM is good for
 * @property {() => boolean} allowed     whether this visitor may change files
 */

const MEGABYTE = 1024 * 1024;
/** Sizes of new disks in megabytes: what fits a System 7, and what HFS makes sense with. */
const DISK_SIZES = Object.freeze([20, 40, 80, 160, 250, 500, 1000, 2000]);

export class Files {
  #dialog = byId('files', HTMLDialogElement);
  #message = byId('files-message', HTMLElement);
  #lists = byId('files-lists', HTMLElement);
  #input = byId('files-input', HTMLInputElement);
  #form = byId('disk-form', HTMLFormElement);
  #events;
  #uploads = new UploadQueue(byId('files-uploads', HTMLElement), () => this.#dialog.open && this.#load());
  /** @type {import('./storage.js').Listing|undefined} */
  #listing;

  /** @param {FilesEvents} events */
  constructor(events) {
    this.#events = events;
    this.#dialog.addEventListener('close', events.onClosed);
    byId('files-close', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    byId('files-settings', HTMLButtonElement).addEventListener('click', () => {
      this.#dialog.close();
      events.onSettings();
    });
    byId('files-choose', HTMLButtonElement).addEventListener('click', () => this.#input.click());
    this.#input.addEventListener('change', () => {
      this.#uploads.add([...(this.#input.files ?? [])], this.#listing?.uploads);
      this.#input.value = '';
    });
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#createDisk();
    });
    byId('disk-size', HTMLSelectElement).append(
      ...DISK_SIZES.map((mb) =>
        create('option', { text: sizeText(mb * MEGABYTE, number), attributes: { value: String(mb) } }),
      ),
    );
    byId('disk-size', HTMLSelectElement).value = '80';
    this.#acceptDrops();
  }

  /** Returns when it shows what there is. */
  async open() {
    if (!this.#dialog.open) {
      this.#dialog.showModal();
    }
    this.#say(t('files.loading'));
    await this.#load();
  }

  /** Writes everything again, in another language. */
  refresh() {
    if (this.#listing) {
      this.#show(this.#listing);
    }
    this.#uploads.refresh();
  }

  async #load() {
    try {
      this.#listing = await listFiles();
      this.#say('');
      this.#show(this.#listing);
    } catch (failure) {
      this.#lists.replaceChildren();
      this.#say(t('files.unavailable', { reason: explain(failure) }));
    }
  }

  /** @param {import('./storage.js').Listing} listing */
  #show({ files, uploads, folders }) {
    const sections = /** @type {const} */ ([['rom', 'roms'], ['disk', 'images'], ['cdrom', 'images']]);
    const left = uploads.filter(({ url }) => !this.#uploads.has(url));
    this.#lists.replaceChildren(
      ...left.map((upload) => this.#leftOver(upload)),
      ...sections.map(([kind, folder]) => {
        const found = files.filter((file) => file.kind === kind);
        const free = folders?.[folder]?.available;
        return create(
          'section',
          { attributes: { 'data-kind': kind } },
          create('h3', { text: t(`files.${kind}`) }),
          found.length > 0
            ? create('ul', { className: 'files' }, ...found.map((file) => this.#fileItem(file)))
            : create('p', { text: t(`files.no.${kind}`), className: 'hint' }),
          ...(kind === 'disk' && typeof free === 'number'
            ? [create('p', { text: t('files.free', { size: sizeText(free, number) }), className: 'free' })]
            : []),
        );
      }),
    );
  }

  /** @param {StoredFile} file */
  #fileItem(file) {
    const facts = create('span', { className: 'facts', text: this.#facts(file) });
    const name = create('span', { text: file.name, className: 'file-name' });
    const about = create('div', {}, name, facts);
    const item = create('li', {}, about);
    const good = suits(file.rom, this.#events.emulatorName());
    if (file.inUse) {
      about.append(create('span', { text: t('files.inUse'), className: 'badge' }));
    } else if (good === false) {
      about.append(create('span', { text: t('files.unsuitable'), className: 'badge bad' }));
    }
    item.append(
      create(
        'a',
        {
          className: 'tool small',
          attributes: { href: file.url, download: file.name, ...named('files.download', file.name) },
        },
        icon('download'),
      ),
    );
    const bin = iconButton('trash', 'files.delete', file.name);
    bin.disabled = file.inUse;
    bin.addEventListener('click', () => this.#delete(file));
    item.append(bin);
    return item;
  }

  /** @param {StoredFile} file */
  #facts({ size, rom }) {
    const parts = [sizeText(size, number)];
    if (rom?.model) {
      parts.unshift(rom.model);
    }
    // The service's remark says why a ROM is of no use.
    if (rom && (suits(rom, this.#events.emulatorName()) === false || !rom.checksumValid) && rom.remark) {
      parts.push(rom.remark);
    }
    return parts.join(' · ');
  }

  /**
   * An upload that another page, or this one before it was loaded again, did not finish.
   *
   * @param {import('./storage.js').PartialUpload} upload
   */
  #leftOver(upload) {
    const percent = number(upload.size > 0 ? Math.floor((100 * upload.offset) / upload.size) : 0);
    const bin = iconButton('cross', 'files.discard', upload.name);
    bin.addEventListener('click', async () => {
      await this.#attempt(() => discardUpload(upload));
      this.#load();
    });
    return create(
      'p',
      { className: 'left-over' },
      create('span', { text: t('files.leftOver', { name: upload.name, percent }) }),
      bin,
    );
  }

  /** @param {StoredFile} file */
  async #delete(file) {
    const agreed = await confirm({
      title: t('confirm.delete', { name: file.name }),
      text: t('confirm.delete.text'),
      action: t('files.delete.do'),
    });
    if (agreed && (await this.#attempt(() => deleteFile(file)))) {
      toast(t('files.deleted', { name: file.name }));
    }
    this.#load();
  }

  async #createDisk() {
    const name = byId('disk-name', HTMLInputElement);
    const size = Number(byId('disk-size', HTMLSelectElement).value) * MEGABYTE;
    const formatted = byId('disk-formatted', HTMLInputElement).checked;
    const title = name.value.trim();
    if (!title) {
      name.focus();
      return;
    }
    const fileName = /\.[a-z0-9]{2,5}$/i.test(title) ? title : `${title}.img`;
    const label = title.replace(/\.[a-z0-9]{2,5}$/i, '').replaceAll(':', '-').slice(0, 27);
    const button = byId('disk-create', HTMLButtonElement);
    button.disabled = true;
    const made = await this.#attempt(() =>
      createImage({ name: fileName, size, ...(formatted ? { format: 'hfs', label } : { format: 'none' }) }),
    );
    button.disabled = false;
    if (made) {
      name.value = '';
      toast(t('files.created', { name: fileName }));
      this.#load();
    }
  }

  /**
   * @param {() => Promise<unknown>} action
   * @returns {Promise<boolean>} whether it went well; if not, the dialog says why
   */
  async #attempt(action) {
    try {
      await action();
      this.#say('');
      return true;
    } catch (failure) {
      this.#say(explain(failure));
      return false;
    }
  }

  /** Files dropped anywhere on the page are meant for the Mac. */
  #acceptDrops() {
    const carriesFiles = (/** @type {DragEvent} */ event) =>
      event.dataTransfer?.types.includes('Files') === true && this.#events.allowed();
    window.addEventListener('dragover', (event) => {
      if (carriesFiles(event)) {
        event.preventDefault();
        document.body.dataset.dropping = 'true';
      }
    });
    window.addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) {
        delete document.body.dataset.dropping;
      }
    });
    window.addEventListener('drop', (event) => {
      delete document.body.dataset.dropping;
      if (carriesFiles(event)) {
        event.preventDefault();
        // The browser takes them away when this returns; what the service has of them already is known later.
        const dropped = [...(event.dataTransfer?.files ?? [])];
        this.open().then(() => this.#uploads.add(dropped, this.#listing?.uploads));
      }
    });
  }

  /** @param {string} text */
  #say(text) {
    this.#message.textContent = text;
    this.#message.hidden = text === '';
  }
}
