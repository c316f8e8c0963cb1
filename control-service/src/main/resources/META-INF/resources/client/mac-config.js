// @ts-check
/**
 * The Mac's preferences as choices a person makes, and back. Pure: settings.js shows them.
 *
 * Emulators keep preferences by name (`rom`, `disk`, `ramsize` in bytes, `screen` as `win/640/480`, ...). Which names an
 * emulator knows is seen in what it tells; a choice whose name is not there is not offered, so that an emulator is never
 * given a preference it would warn about. What is saved are the differences alone.
 *
 * @typedef {Record<string, unknown>} Config
 * @typedef {{ value: string, label: string }} Option
 * @typedef {object} Choices
 * @property {string} rom
 * @property {string[]} disk    in the order the Mac mounts them
 * @property {string} cdrom     empty for none
 * @property {string} ramsize   megabytes
 * @property {string} screen    width x height
 * @property {string} cpu
 * @property {string} modelid
 * @property {boolean} fpu
 * @property {boolean} sound
 */

export const MEMORY_MB = Object.freeze([4, 8, 16, 32, 64, 128, 256, 512]);
export const SCREENS = Object.freeze(['512x384', '640x480', '800x600', '832x624', '1024x768', '1152x870', '1280x1024']);
export const CPUS = Object.freeze({ 2: '68020', 3: '68030', 4: '68040' });
/** Gestalt id minus 6. */
export const MODELS = Object.freeze({ 5: 'Macintosh IIci', 14: 'Quadra 900' });

const MEGABYTE = 1024 * 1024;
const CD_IMAGE = /\.(iso|toast|cdr|cue)$/i;

/** @param {string} path */
export function fileName(path) {
  return path.replace(/^\*/, '').split('/').pop() ?? path;
}

/** @param {string} name */
export function isCdImage(name) {
  return CD_IMAGE.test(name);
}

/** @param {unknown} value @returns {string[]} */
function list(value) {
  return (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).map(String);
}

/** @param {unknown} value */
function flag(value) {
  return value === true || value === 'true';
}

/** Whether the emulator knows the preference. Those that every emulator has are always offered. */
export function knows(/** @type {Config} */ config, /** @type {string} */ name) {
  return Object.hasOwn(config, name) || ['rom', 'disk', 'ramsize', 'screen'].includes(name);
}

/**
 * @param {Config} config
 * @returns {Choices}
 */
export function choicesOf(config) {
  const screen = /(\d+)\/(\d+)$/.exec(String(config.screen ?? ''));
  return {
    rom: String(config.rom ?? ''),
    disk: list(config.disk),
    cdrom: list(config.cdrom)[0] ?? '',
    ramsize: String(Math.round(Number(config.ramsize ?? 0) / MEGABYTE) || ''),
    screen: screen ? `${screen[1]}x${screen[2]}` : '',
    cpu: String(config.cpu ?? ''),
    modelid: String(config.modelid ?? ''),
    fpu: flag(config.fpu),
    sound: !flag(config.nosound),
  };
}

/**
 * The preferences that the choices change, in the emulator's own terms.
 *
 * @param {Config} config   what the emulator told
 * @param {Choices} chosen
 * @returns {Config}
 */
export function changesOf(config, chosen) {
  const before = choicesOf(config);
  /** @type {Config} */
  const changes = {};
  for (const name of /** @type {const} */ (['rom', 'cdrom'])) {
    if (chosen[name] !== before[name]) {
      changes[name] = chosen[name];
    }
  }
  if (JSON.stringify(chosen.disk) !== JSON.stringify(before.disk)) {
    changes.disk = chosen.disk;
  }
  if (chosen.ramsize !== before.ramsize) {
    changes.ramsize = Number(chosen.ramsize) * MEGABYTE;
  }
  if (chosen.screen !== before.screen) {
    // The kind of screen in front of the size stays what it was.
    const kind = /^([a-z]+)\//.exec(String(config.screen ?? ''))?.[1] ?? 'win';
    changes.screen = `${kind}/${chosen.screen.replace('x', '/')}`;
  }
  for (const name of /** @type {const} */ (['cpu', 'modelid'])) {
    if (chosen[name] !== before[name]) {
      changes[name] = Number(chosen[name]);
    }
  }
  if (chosen.fpu !== before.fpu) {
    changes.fpu = chosen.fpu;
  }
  if (chosen.sound !== before.sound) {
    changes.nosound = !chosen.sound;
  }
  return changes;
}

/**
 * The images to choose from: what the storage holds, and what is configured now even if it is not there. The value of
 * one that is configured is its present spelling, so that choosing it again changes nothing.
 *
 * @param {readonly string[]} stored
 * @param {readonly string[]} configured
 * @returns {Option[]}
 */
export function images(stored, configured) {
  const spelled = new Map(configured.filter(Boolean).map((value) => [fileName(value), value]));
  const names = new Set([...spelled.keys(), ...stored.map(fileName)]);
  return [...names].map((name) => ({ value: spelled.get(name) ?? name, label: name }));
}
