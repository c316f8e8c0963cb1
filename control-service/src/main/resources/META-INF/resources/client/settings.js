// @ts-check
import * as control from './control.js';
import { byId, create } from './dom.js';
import { t } from './i18n.js';
import * as mac from './mac-config.js';
import { toast, toastFailure } from './panels.js';

/**
 * The dialog with the Mac's settings. Reads the emulator's preferences and the images each time it opens, saves the
 * differences, and says that they count from the next start on.
 */
export class Settings {
  #dialog = byId('settings', HTMLDialogElement);
  #fields = byId('settings-fields', HTMLElement);
  #message = byId('settings-message', HTMLElement);
  #save = byId('settings-save', HTMLButtonElement);
  #restart = byId('settings-restart', HTMLButtonElement);
  /** @type {mac.Config} */
  #config = {};
  /** @type {() => mac.Choices} */
  #chosen = () => mac.choicesOf(this.#config);

  /** @param {{ onClosed: () => void }} events */
  constructor({ onClosed }) {
    this.#dialog.addEventListener('close', onClosed);
    byId('settings-cancel', HTMLButtonElement).addEventListener('click', () => this.#dialog.close());
    this.#save.addEventListener('click', () => this.#saveChanges());
    this.#restart.addEventListener('click', () => this.#restartNow());
    this.#fields.addEventListener('input', () => this.#offerSave());
  }

  async open() {
    this.#fields.replaceChildren();
    this.#restart.hidden = true;
    this.#save.hidden = false;
    this.#save.disabled = true;
    this.#say(t('settings.loading'));
    this.#dialog.showModal();
    try {
      const [config, storage] = await Promise.all([control.config(), control.storage()]);
      this.#config = config;
      this.#show(storage);
      this.#say(t('settings.hint'));
    } catch (failure) {
      this.#say(whyUnread(/** @type {control.ControlError} */ (failure)));
    }
  }

  /** @param {control.Storage} storage */
  #show({ roms, disks }) {
    const now = mac.choicesOf(this.#config);
    const rom = select(now.rom, mac.images(roms ?? [], [now.rom]));
    const floppy = (/** @type {mac.Option} */ { label }) => !mac.isCdImage(label);
    const all = mac.images(disks ?? [], now.disk);
    const disk = checkList(now.disk, all.filter((image) => floppy(image) || now.disk.includes(image.value)));
    const cds = mac.images((disks ?? []).filter(mac.isCdImage), [now.cdrom]);
    const cdrom = select(now.cdrom, [{ value: '', label: t('settings.none') }, ...cds]);
    const memory = mac.MEMORY_MB.map((mb) => ({ value: String(mb), label: `${mb} MB` }));
    const ramsize = select(now.ramsize, memory, (value) => `${value} MB`);
    const screens = mac.SCREENS.map((size) => ({ value: size, label: size.replace('x', ' × ') }));
    const screen = select(now.screen, screens, (value) => value.replace('x', ' × '));
    const cpu = select(now.cpu, options(mac.CPUS));
    const modelid = select(now.modelid, options(mac.MODELS));
    const fpu = toggle(now.fpu);
    const sound = toggle(now.sound);
    /** @type {Array<[string, import('./i18n.js').Key, HTMLElement]>} */
    const rows = [
      ['rom', 'settings.rom', rom],
      ['disk', 'settings.disks', disk.element],
      ['cdrom', 'settings.cd', cdrom],
      ['ramsize', 'settings.memory', ramsize],
      ['screen', 'settings.screen', screen],
      ['modelid', 'settings.model', modelid],
      ['cpu', 'settings.cpu', cpu],
      ['fpu', 'settings.fpu', fpu],
      ['nosound', 'settings.sound', sound],
    ];
    this.#fields.replaceChildren(
      ...rows.filter(([name]) => mac.knows(this.#config, name)).map(([name, label, input]) => row(name, label, input)),
    );
    this.#chosen = () => ({
      rom: rom.value,
      disk: disk.chosen(),
      cdrom: cdrom.value,
      ramsize: ramsize.value,
      screen: screen.value,
      cpu: cpu.value,
      modelid: modelid.value,
      fpu: fpu.checked,
      sound: sound.checked,
    });
  }

  get #changes() {
    return mac.changesOf(this.#config, this.#chosen());
  }

  #offerSave() {
    this.#save.disabled = Object.keys(this.#changes).length === 0;
    this.#save.hidden = false;
    this.#restart.hidden = true;
    this.#say(t('settings.hint'));
  }

  async #saveChanges() {
    this.#save.disabled = true;
    const changes = this.#changes;
    try {
      await control.changeConfig(changes);
      this.#config = { ...this.#config, ...changes };
      this.#say(t('settings.saved'));
      this.#save.hidden = true;
      this.#restart.hidden = false;
      this.#restart.focus();
    } catch (failure) {
      this.#save.disabled = false;
      const { status, message } = /** @type {control.ControlError} */ (failure);
      this.#say(status === 0 ? t('toast.unreachable') : t('toast.failed', { reason: this.#named(message) }));
    }
  }

  /**
   * The emulator's reason with the name that the setting has here: emulators put that of their preference in front.
   *
   * @param {string} reason
   */
  #named(reason) {
    const [, name, rest] = /^([a-z0-9]+): (.+)$/s.exec(reason) ?? [];
    const label = name && this.#fields.querySelector(`[data-name="${name}"] > label`)?.textContent;
    return label ? `${label}: ${rest}` : reason;
  }

  async #restartNow() {
    this.#dialog.close();
    try {
      await control.restart();
      toast(t('toast.restarting'));
    } catch (failure) {
      toastFailure(failure);
    }
  }

  /** @param {string} text */
  #say(text) {
    this.#message.textContent = text;
  }
}

/** @param {string} name @param {import('./i18n.js').Key} label @param {HTMLElement} input */
function row(name, label, input) {
  const id = `setting-${name}`;
  input.id = id;
  const text = create('label', { text: t(label), attributes: { for: id } });
  if (!(input instanceof HTMLInputElement || input instanceof HTMLSelectElement)) {
    input.setAttribute('aria-label', t(label));
  }
  return create('div', { className: 'field', attributes: { 'data-name': name } }, text, input);
}

/** @param {Readonly<Record<string, string>>} names @returns {mac.Option[]} */
function options(names) {
  return Object.entries(names).map(([value, label]) => ({ value, label }));
}

/**
 * @param {string} value
 * @param {readonly mac.Option[]} options
 * @param {(value: string) => string} [label] of a present value that is not among the usual ones
 */
function select(value, options, label = (text) => text) {
  const known = options.some((option) => option.value === value);
  const all = known ? options : [{ value, label: value === '' ? '–' : label(value) }, ...options];
  const element = create(
    'select',
    {},
    ...all.map((option) => create('option', { text: option.label, attributes: { value: option.value } })),
  );
  element.value = value;
  return element;
}

/** @param {boolean} on */
function toggle(on) {
  const input = create('input', { className: 'toggle', attributes: { type: 'checkbox', role: 'switch' } });
  input.checked = on;
  return input;
}

/**
 * Images to be mounted. Those that are mounted now keep their order in front of those that are added.
 *
 * @param {readonly string[]} mounted
 * @param {readonly mac.Option[]} options
 */
function checkList(mounted, options) {
  const inputs = options.map(({ value, label }) => {
    const input = create('input', { attributes: { type: 'checkbox', value } });
    input.checked = mounted.includes(value);
    return { value, input, label: create('label', { className: 'check' }, input, create('span', { text: label })) };
  });
  const element = create('div', { className: 'checks', attributes: { role: 'group' } }, ...inputs.map((i) => i.label));
  if (inputs.length === 0) {
    element.append(create('span', { text: t('settings.noDisks'), className: 'hint' }));
  }
  const chosen = () => {
    const checked = inputs.filter(({ input }) => input.checked).map(({ value }) => value);
    return [...mounted.filter((value) => checked.includes(value)), ...checked.filter((v) => !mounted.includes(v))];
  };
  return { element, chosen };
}

/** @param {control.ControlError} failure */
function whyUnread({ status, kind, message }) {
  if (status === 0) {
    return t('toast.unreachable');
  }
  return kind === 'emulator-not-connected' ? t('settings.off') : t('settings.unavailable', { reason: message });
}
