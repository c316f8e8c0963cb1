// @ts-check
import { de } from './lang/de.js';
import { en } from './lang/en.js';

/**
 * The page's words. Elements name theirs with `data-i18n` (text), `data-i18n-label` (accessible name and tool tip) and
 * `data-i18n-name` (accessible name alone); everything else asks t().
 *
 * @typedef {keyof typeof en} Key
 * @typedef {'en'|'de'} Language
 */

/** @type {Readonly<Record<Language, Readonly<Record<Key, string>>>>} */
export const LANGUAGES = Object.freeze({ en, de });

/** @type {Language} */
let current = 'en';

/**
 * The first of the wanted languages that there is.
 *
 * @param {readonly string[]} wanted  BCP 47 tags, the most wanted first
 * @returns {Language}
 */
export function pickLanguage(wanted) {
  for (const tag of wanted) {
    const base = tag.toLowerCase().split('-')[0];
    if (Object.hasOwn(LANGUAGES, base)) {
      return /** @type {Language} */ (base);
    }
  }
  return 'en';
}

/** @returns {Language} */
export function language() {
  return current;
}

/**
 * @param {Key} key
 * @param {Record<string, string|number>} [values] for the places in braces
 */
export function t(key, values = {}) {
  return LANGUAGES[current][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

/** @param {string} key @returns {key is Key} */
export function isKey(key) {
  return Object.hasOwn(en, key);
}

/** @param {number} value @param {number} [digits] */
export function number(value, digits = 0) {
  return value.toLocaleString(current, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * Changes the language of the whole page.
 *
 * @param {Language} chosen
 * @param {Document} page
 */
export function translate(chosen, page) {
  current = chosen;
  page.documentElement.lang = chosen;
  page.title = t('page.title');
  for (const element of page.querySelectorAll('[data-i18n]')) {
    element.textContent = lookUp(element.getAttribute('data-i18n'));
  }
  for (const element of page.querySelectorAll('[data-i18n-label]')) {
    const label = lookUp(element.getAttribute('data-i18n-label'));
    element.setAttribute('aria-label', label);
    element.setAttribute('title', label);
  }
  for (const element of page.querySelectorAll('[data-i18n-name]')) {
    element.setAttribute('aria-label', lookUp(element.getAttribute('data-i18n-name')));
  }
}

/** @param {string|null} key */
function lookUp(key) {
  return key && isKey(key) ? t(key) : (key ?? '');
}
