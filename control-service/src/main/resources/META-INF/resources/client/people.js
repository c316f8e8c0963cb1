// @ts-check
import { byId, create, icon } from './dom.js';
import { t } from './i18n.js';
import { iconButton } from './panels.js';
import { sharing } from './sharing.js';

/**
 * The panel with everybody who is here, and the question when somebody asks for the controls.
 *
 * @typedef {{ action: 'request'|'release'|'take'|'grant'|'deny', viewer?: string }} ControlRequest
 */

export class People {
  #button = byId('people-button', HTMLButtonElement);
  #count = byId('people-count', HTMLElement);
  #list = byId('people-list', HTMLElement);
  #hint = byId('people-hint', HTMLElement);
  #own = byId('people-own', HTMLButtonElement);
  #prompt = byId('request-prompt', HTMLElement);
  #question = byId('request-question', HTMLElement);
  #send;
  #onRemove;
  /** @type {import('./sharing.js').OwnAction|undefined} */
  #action;
  /** @type {string|undefined} */
  #asking;
  #shown = '';

  /**
   * @param {(request: ControlRequest) => void} send
   * @param {() => void} onAnswered
   * @param {(viewer: string, name: string) => void} onRemove
   */
  constructor(send, onAnswered, onRemove) {
    this.#send = send;
    this.#onRemove = onRemove;
    this.#own.addEventListener('click', () => {
      if (this.#action) {
        send({ action: this.#action === 'withdraw' ? 'release' : this.#action });
      }
    });
    for (const [id, action] of /** @type {const} */ ([['request-grant', 'grant'], ['request-deny', 'deny']])) {
      byId(id, HTMLButtonElement).addEventListener('click', () => {
        if (this.#asking) {
          send({ action, viewer: this.#asking });
        }
        onAnswered();
      });
    }
  }

  /**
   * @param {{ participants: readonly import('./messages.js').Participant[], state: import('./messages.js').State|undefined,
   *   me: string|undefined, visible: boolean }} present
   */
  show({ participants, state, me, visible }) {
    const found = sharing(participants, state ?? {}, me);
    const viewers = state?.viewers ?? 0;
    const fingerprint = JSON.stringify([found, viewers, visible, t('people.title')]);
    if (fingerprint === this.#shown) {
      return;
    }
    this.#shown = fingerprint;
    this.#action = found.own;
    this.#asking = found.asking?.viewer;
    this.#button.hidden = viewers < 1;
    this.#count.textContent = String(viewers);
    this.#count.hidden = viewers < 2;
    this.#hint.hidden = found.people.length > 0;
    const label = t(viewers === 1 ? 'status.viewers.one' : 'status.viewers.many', { count: viewers });
    this.#button.setAttribute('aria-label', label);
    this.#button.title = label;
    this.#own.hidden = found.own === undefined;
    this.#own.textContent = found.own ? t(`people.${found.own}`) : '';
    this.#list.replaceChildren(...found.people.map((person) => this.#item(person)));
    this.#list.hidden = found.people.length === 0;
    this.#prompt.hidden = !found.asking || !visible;
    this.#question.textContent = found.asking ? t('people.asks', { name: nameOf(found.asking) }) : '';
  }

  /** @param {import('./sharing.js').Person} person */
  #item(person) {
    const item = create('li', {}, create('span', { text: nameOf(person), className: 'person-name' }));
    if (person.holds) {
      item.append(create('span', { className: 'badge' }, icon('keyboard'), create('span', { text: t('people.holds') })));
    } else if (person.requests) {
      item.append(create('span', { text: t('people.waits'), className: 'badge' }));
    }
    if (person.canGrant) {
      const give = create('button', { text: t('people.grant'), className: 'button small', attributes: { type: 'button' } });
      give.addEventListener('click', () => this.#send({ action: 'grant', viewer: person.viewer }));
      item.append(give);
    }
    if (person.canRemove) {
      const remove = iconButton('cross', 'people.remove', nameOf(person));
      remove.addEventListener('click', () => this.#onRemove(person.viewer, nameOf(person)));
      item.append(remove);
    }
    return item;
  }
}

/** @param {import('./sharing.js').Person} person */
function nameOf({ name, place, me }) {
  const called = name || t('people.visitor', { number: place });
  return me ? t('people.you', { name: called }) : called;
}
