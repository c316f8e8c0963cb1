// @ts-check
import { signInAddress } from './control.js';
import { byId, create, icon } from './dom.js';
import { isKey, t } from './i18n.js';
import { STAGES } from './stages.js';

/** An interruption that is over before this needs no explanation. */
const LASTING_MS = 4000;

/**
 * The card over the screen: connection stages on the way in, the reason and the advice when one fails, and why the
 * picture stands still when it does.
 *
 * @typedef {object} OverlayActions
 * @property {() => void} onRetry
 * @property {() => void} onDiagnostics
 */
export class Overlay {
  #card = byId('overlay', HTMLElement);
  #title = byId('overlay-title', HTMLElement);
  #text = byId('overlay-text', HTMLElement);
  #advice = byId('overlay-advice', HTMLElement);
  #detail = byId('overlay-detail', HTMLElement);
  #stages = byId('overlay-stages', HTMLOListElement);
  #retry = byId('overlay-retry', HTMLButtonElement);
  #diagnostics = byId('overlay-diagnostics', HTMLButtonElement);
  #signIn = byId('overlay-sign-in', HTMLAnchorElement);
  #shown = '';

  /** @param {OverlayActions} actions */
  constructor({ onRetry, onDiagnostics }) {
    this.#retry.addEventListener('click', onRetry);
    this.#diagnostics.addEventListener('click', onDiagnostics);
  }

  /**
   * @param {import('./stages.js').ConnectionStages} stages
   * @param {{ retrying: boolean, interruptedFor: number, problem: string }} context
   *   interruptedFor in milliseconds; problem: why no Mac is running, in the emulator's own words
   */
  show(stages, { retrying, interruptedFor, problem }) {
    const { condition, seenPicture } = stages;
    const held = condition === 'connecting' ? stages.held : undefined;
    const failure = held ?? stages.failure;
    const visible = condition !== 'playing';
    const withStages = condition === 'connecting' || condition === 'failed';
    const lasting = condition === 'reconnecting' && failure !== undefined && interruptedFor > LASTING_MS;
    const withReason = held !== undefined || condition === 'failed' || condition === 'ended' || lasting;
    // Who is refused at the door has no session that could end.
    const neverBegun = condition === 'ended' && !seenPicture;
    const reason = failure?.reason ?? 'error';
    const texts = {
      title: visible ? t(`overlay.${neverBegun ? 'failed' : condition}`) : '',
      text: withReason ? words('reason', reason) : plainText(condition, seenPicture),
      advice: withReason ? words('advice', reason) : '',
      detail: withReason ? (failure?.detail ?? '') : condition === 'off' ? problem : '',
      trying: condition === 'failed' && retrying ? t('overlay.trying') : '',
    };
    const signIn = withReason && reason === 'token_required' ? (signInAddress() ?? '') : '';
    const states = STAGES.map((stage) => stages.status(stage));
    // Rewriting a live region announces it: only what has changed is written.
    const fingerprint = JSON.stringify([condition, texts, states, retrying, signIn]);
    if (fingerprint === this.#shown) {
      return;
    }
    this.#shown = fingerprint;
    this.#card.hidden = !visible;
    this.#card.dataset.condition = condition;
    write(this.#title, texts.title);
    write(this.#text, texts.text);
    write(this.#advice, [texts.advice, texts.trying].filter(Boolean).join(' '));
    write(this.#detail, texts.detail);
    this.#stages.hidden = !withStages;
    if (withStages) {
      this.#stages.replaceChildren(...STAGES.map((stage, place) => stageItem(stage, states[place])));
    }
    const canRetry = condition === 'failed' || condition === 'ended';
    this.#retry.hidden = !canRetry;
    this.#retry.textContent = t(condition === 'ended' && !neverBegun ? 'overlay.again' : 'overlay.retry');
    this.#retry.classList.toggle('primary', signIn === '');
    this.#diagnostics.hidden = !canRetry;
    this.#signIn.hidden = signIn === '';
    this.#signIn.href = signIn;
  }

  /** Writes everything again, in another language. */
  refresh() {
    this.#shown = '';
  }
}

/**
 * @param {import('./stages.js').Stage} stage
 * @param {import('./stages.js').StageStatus} status
 */
function stageItem(stage, status) {
  const symbol = { waiting: 'dot', active: 'spinner', done: 'check', failed: 'cross' }[status];
  return create(
    'li',
    { attributes: { 'data-status': status } },
    icon(symbol),
    create('span', { text: t(`stage.${stage}`) }),
    create('span', { text: `, ${t(`stage.status.${status}`)}`, className: 'visually-hidden' }),
  );
}

/** @param {'reason'|'advice'} kind @param {string} name */
function words(kind, name) {
  const key = `${kind}.${name}`;
  return isKey(key) ? t(key) : t(`${kind}.refused`);
}

/** @param {import('./stages.js').Condition} condition @param {boolean} seenPicture */
function plainText(condition, seenPicture) {
  switch (condition) {
    case 'off':
      return t(seenPicture ? 'overlay.off.lost' : 'overlay.off.text');
    case 'reconnecting':
      return t('overlay.reconnecting.text');
    default:
      return '';
  }
}

/** @param {HTMLElement} element @param {string} text */
function write(element, text) {
  element.textContent = text;
  element.hidden = text === '';
}
