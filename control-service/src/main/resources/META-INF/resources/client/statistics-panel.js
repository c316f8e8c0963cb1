// @ts-check
import { byId, create } from './dom.js';
import { number, t } from './i18n.js';

/**
 * The statistics panel: reads once a second while it is open, and nothing while it is closed.
 *
 * @typedef {import('./control.js').ServerDelay} ServerDelay
 *
 * @typedef {object} StatisticsSource
 * @property {() => Promise<import('./stats.js').Statistics>} read
 * @property {() => { macFps: number, joinedMs: number|null, delay: Promise<ServerDelay|undefined> }} context
 * @property {() => void} onCopy
 * @property {() => void} onClosed
 */

const PERIOD_MS = 1000;

export class StatisticsPanel {
  #panel = byId('statistics', HTMLElement);
  #list = byId('statistics-list', HTMLElement);
  #button = byId('statistics-button', HTMLButtonElement);
  #source;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  #timer;
  /** @type {Map<string, HTMLElement>} */
  #values = new Map();

  /** @param {StatisticsSource} source */
  constructor(source) {
    this.#source = source;
    this.#button.addEventListener('click', () => this.toggle());
    byId('statistics-close', HTMLButtonElement).addEventListener('click', () => this.toggle());
    byId('statistics-copy', HTMLButtonElement).addEventListener('click', source.onCopy);
  }

  toggle() {
    const open = this.#panel.hidden;
    this.#panel.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    clearInterval(this.#timer);
    if (open) {
      this.#update();
      this.#timer = setInterval(() => this.#update(), PERIOD_MS);
    } else {
      this.#source.onClosed();
    }
  }

  /** Writes the labels again, in another language. */
  refresh() {
    this.#values.clear();
    this.#list.replaceChildren();
  }

  async #update() {
    const { macFps, joinedMs, delay } = this.#source.context();
    const [statistics, server] = await Promise.all([this.#source.read(), delay]);
    const all = [
      ...rows(statistics, { macFps, joinedMs }),
      { heading: t('statistics.stages') },
      ...stages(statistics, server),
    ];
    for (const row of all) {
      if ('heading' in row) {
        if (!this.#values.has(row.heading)) {
          const heading = create('dt', { text: row.heading, className: 'heading' });
          this.#values.set(row.heading, heading);
          // A term needs a description; this one's are the rows that follow.
          this.#list.append(heading, create('dd', { className: 'heading' }));
        }
        continue;
      }
      const [label, value] = row;
      let cell = this.#values.get(label);
      if (!cell) {
        cell = create('dd');
        this.#values.set(label, cell);
        this.#list.append(create('dt', { text: label }), cell);
      }
      cell.textContent = value;
    }
  }
}

/** @param {number|null|undefined} value */
function ms(value) {
  return typeof value === 'number' ? `${number(value, value < 10 ? 1 : 0)} ms` : '–';
}

/**
 * Where the time goes between a visitor's hand and the picture that shows it, except inside of the Mac. Half of the
 * round trip is taken for each way.
 *
 * @param {import('./stats.js').Statistics} s
 * @param {ServerDelay|undefined} server
 * @returns {Array<[string, string]>}
 */
export function stages(s, server) {
  const oneWay = s.roundTripMs === null ? null : s.roundTripMs / 2;
  // The server's figures are the shared lane's; the other one encodes for each viewer by itself.
  const toWire = s.lane === 'shared' ? (server?.frameToWireMs ?? null) : null;
  const toEmulator = server?.inputToEmulatorMs ?? null;
  const parts = [oneWay, toEmulator, toWire, oneWay, s.jitterBufferMs, s.decodeMs];
  const sum = parts.reduce((/** @type {number} */ total, part) => total + (part ?? 0), 0);
  return [
    [t('statistics.inputNetwork'), ms(oneWay)],
    [t('statistics.inputToEmulator'), ms(toEmulator)],
    [t('statistics.frameToWire'), ms(toWire)],
    [t('statistics.pictureNetwork'), ms(oneWay)],
    [t('statistics.buffer'), ms(s.jitterBufferMs)],
    [t('statistics.decode'), ms(s.decodeMs)],
    [t('statistics.sum'), s.roundTripMs === null ? '–' : ms(sum)],
  ];
}

/**
 * @param {import('./stats.js').Statistics} s
 * @param {{ macFps: number, joinedMs: number|null }} context
 * @returns {Array<[string, string]>}
 */
function rows(s, { macFps, joinedMs }) {
  const lost = s.packetsLost + s.packetsReceived > 0 ? (100 * s.packetsLost) / (s.packetsLost + s.packetsReceived) : 0;
  return [
    [t('statistics.picture'), s.width > 0 ? `${s.width} × ${s.height}` : '–'],
    [t('statistics.frames'), number(s.framesPerSecond)],
    [t('statistics.mac'), number(macFps)],
    [t('statistics.freezes'), number(s.freezes)],
    [t('statistics.rate'), s.kilobitsPerSecond === null ? '–' : `${number(s.kilobitsPerSecond)} kbit/s`],
    [t('statistics.loss'), `${number(s.packetsLost)} (${number(lost, 1)} %)`],
    [t('statistics.network'), ms(s.roundTripMs)],
    [t('statistics.processing'), ms(s.processingMs)],
    [t('statistics.soundBuffer'), ms(s.soundBufferMs)],
    [t('statistics.codec'), [s.codec, s.audioCodec].filter(Boolean).join(' · ') || '–'],
    [t('statistics.lane'), s.lane ?? '–'],
    [t('statistics.route'), s.route ?? '–'],
    [t('statistics.joined'), ms(joinedMs)],
  ];
}
