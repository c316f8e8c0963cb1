// @ts-check
import { ControlError, invite } from './control.js';
import { byId } from './dom.js';
import { isKey, language, t } from './i18n.js';
import { toast } from './panels.js';

/** The part of the people's panel in which an owner makes invitation links. A link is shown once and kept nowhere. */
export class Invite {
  #form = byId('invite', HTMLFormElement);
  #message = byId('invite-message', HTMLElement);
  #result = byId('invite-result', HTMLElement);
  #link = byId('invite-link', HTMLInputElement);
  #create = byId('invite-create', HTMLButtonElement);

  constructor() {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#make();
    });
    this.#link.addEventListener('focus', () => this.#link.select());
    byId('invite-copy', HTMLButtonElement).addEventListener('click', () => this.#copy());
  }

  /** Another language: what has been said in the old one is taken back. */
  refresh() {
    this.#say('');
    this.#result.hidden = true;
  }

  async #make() {
    this.#create.disabled = true;
    this.#result.hidden = true;
    try {
      const { link, expires } = await invite({
        role: String(new FormData(this.#form).get('inviteRole')),
        name: byId('invite-name', HTMLInputElement).value.trim(),
        expiresIn: Number(byId('invite-expires', HTMLSelectElement).value),
      });
      this.#link.value = link;
      this.#result.hidden = false;
      const time = new Date(expires * 1000).toLocaleString(language(), { dateStyle: 'medium', timeStyle: 'short' });
      this.#say(t('invite.until', { time }));
    } catch (failure) {
      const { kind, status, message } = /** @type {ControlError} */ (failure);
      const key = `problem.${kind}`;
      this.#say(isKey(key) ? t(key) : status === 0 ? t('toast.unreachable') : message);
    }
    this.#create.disabled = false;
  }

  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#link.value);
      toast(t('invite.copied'));
    } catch {
      // No clipboard without a secure origin: the link is selected for the visitor's own copy command.
      this.#link.focus();
    }
  }

  /** @param {string} text */
  #say(text) {
    this.#message.textContent = text;
    this.#message.hidden = text === '';
  }
}
