// @ts-check
import { byId, create, icon } from './dom.js';
import { isKey, t } from './i18n.js';

/** What panels share: their places beside their buttons, the visitor's choices, questions, short messages, small buttons. */

const MARGIN = 8;
const TOAST_MS = 3600;
const TOASTS_AT_ONCE = 3;

/**
 * Puts panels next to the buttons that open them and gives the keyboard back to the screen when they close.
 *
 * @param {() => void} onClosed
 */
export function arrangePanels(onClosed) {
  for (const button of document.querySelectorAll('[popovertarget]')) {
    const panel = byId(button.getAttribute('popovertarget') ?? '', HTMLElement);
    button.setAttribute('aria-haspopup', 'dialog');
    button.setAttribute('aria-expanded', 'false');
    panel.addEventListener('toggle', (event) => {
      const open = /** @type {ToggleEvent} */ (event).newState === 'open';
      button.setAttribute('aria-expanded', String(open));
      if (open) {
        place(panel, button.getBoundingClientRect());
      } else if (!document.querySelector(':popover-open, dialog[open]')) {
        onClosed();
      }
    });
  }
}

/** @param {HTMLElement} panel @param {DOMRect} beside */
function place(panel, beside) {
  const { offsetWidth: width, offsetHeight: height } = panel;
  // Above a bar that lies, beside a rail that stands.
  const isRail = beside.left > innerWidth - 80 && innerHeight < 480;
  const isNarrow = innerWidth < 620;
  const middle = isNarrow ? innerWidth / 2 : beside.left + beside.width / 2;
  const left = isRail ? beside.left - width - 12 : middle - width / 2;
  const top = isRail ? beside.top : beside.top - height - 14;
  panel.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
  panel.style.top = `${Math.max(MARGIN, Math.min(top, innerHeight - height - MARGIN))}px`;
}

/**
 * Ties every `data-preference` input of the page to the store, both ways.
 *
 * @param {import('./preferences.js').PreferenceStore} store
 */
export function bindPreferences(store) {
  /** @type {HTMLInputElement[]} */
  const inputs = [...document.querySelectorAll('input[data-preference]')].filter((i) => i instanceof HTMLInputElement);
  const show = () => {
    for (const input of inputs) {
      const value = store.values[/** @type {keyof import('./preferences.js').Preferences} */ (input.dataset.preference)];
      if (input.type === 'checkbox') {
        input.checked = value === true;
      } else if (input.type === 'radio') {
        input.checked = input.value === value;
      } else {
        input.value = String(value);
      }
    }
  };
  for (const input of inputs) {
    input.addEventListener('input', () => {
      const name = /** @type {keyof import('./preferences.js').Preferences} */ (input.dataset.preference);
      const value =
        input.type === 'checkbox' ? input.checked : input.type === 'range' ? Number(input.value) : input.value;
      store.set(name, /** @type {any} */ (value));
    });
  }
  store.onChange(show);
  show();
}

/**
 * Asks before something that cannot be undone.
 *
 * @param {{ title: string, text: string, action: string }} question
 * @returns {Promise<boolean>}
 */
export function confirm({ title, text, action }) {
  const dialog = byId('confirm', HTMLDialogElement);
  byId('confirm-title', HTMLElement).textContent = title;
  byId('confirm-text', HTMLElement).textContent = text;
  byId('confirm-do', HTMLButtonElement).textContent = action;
  dialog.returnValue = 'cancel';
  dialog.showModal();
  byId('confirm-cancel', HTMLButtonElement).onclick = () => dialog.close('cancel');
  byId('confirm-do', HTMLButtonElement).onclick = () => dialog.close('do');
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'do'), { once: true });
  });
}

/**
 * A short message that goes away by itself.
 *
 * @param {string} text
 */
export function toast(text) {
  const list = byId('toasts', HTMLElement);
  const message = create('p', { text, className: 'toast' });
  list.append(message);
  while (list.children.length > TOASTS_AT_ONCE) {
    list.firstElementChild?.remove();
  }
  setTimeout(() => message.remove(), TOAST_MS);
}

/**
 * Says that a request to the service failed, in its own words where it has some.
 *
 * @param {unknown} failure
 */
export function toastFailure(failure) {
  const { status, message } = /** @type {{ status?: number, message?: string }} */ (failure);
  toast(status === 0 ? t('toast.unreachable') : t('toast.failed', { reason: message ?? String(failure) }));
}

/**
 * What went wrong, in the page's words where it has some.
 *
 * @param {unknown} failure
 */
export function explain(failure) {
  const { status, kind, message } = /** @type {import('./control.js').ControlError} */ (failure ?? {});
  const key = `problem.${kind}`;
  return isKey(key) ? t(key) : status === 0 ? t('toast.unreachable') : message;
}

/**
 * How a button without words is called.
 *
 * @param {import('./i18n.js').Key} key
 * @param {string} name of what it is about
 */
export function named(key, name) {
  const label = t(key, { name });
  return { 'aria-label': label, title: label };
}

/**
 * A small button without words.
 *
 * @param {string} symbol
 * @param {import('./i18n.js').Key} key
 * @param {string} name of what it is about
 */
export function iconButton(symbol, key, name) {
  return create('button', { className: 'tool small', attributes: { type: 'button', ...named(key, name) } }, icon(symbol));
}
