// @ts-check
import { byId } from './dom.js';
import { t } from './i18n.js';

/** Full screen, with the keyboard's system shortcuts locked to the Mac where the browser allows it. */
export class FullScreen {
  #button = byId('full-screen-button', HTMLButtonElement);
  #icon = byId('full-screen-icon', SVGUseElement);

  /** @param {() => void} onChange */
  constructor(onChange) {
    this.#button.hidden = !document.fullscreenEnabled;
    this.#button.addEventListener('click', () => this.toggle());
    document.addEventListener('fullscreenchange', () => {
      this.refresh();
      onChange();
    });
  }

  get active() {
    return document.fullscreenElement !== null;
  }

  async toggle() {
    // Keyboard Lock (WICG): Escape, Alt-Tab and Command-W go to the page while it is in full screen.
    const keyboard = /** @type {{ lock?: () => Promise<void>, unlock?: () => void }|undefined} */ (
      /** @type {any} */ (navigator).keyboard
    );
    try {
      if (this.active) {
        keyboard?.unlock?.();
        await document.exitFullscreen();
      } else {
        await document.documentElement.requestFullscreen({ navigationUI: 'hide' });
        await keyboard?.lock?.();
      }
    } catch {
      // Refused by the browser or by a policy of the page that embeds this one: nothing changes.
    }
  }

  refresh() {
    const label = t(this.active ? 'toolbar.leaveFullScreen' : 'toolbar.fullScreen');
    this.#button.setAttribute('aria-label', label);
    this.#button.title = label;
    this.#icon.setAttribute('href', this.active ? '#icon-collapse' : '#icon-expand');
  }
}
