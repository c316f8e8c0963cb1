// @ts-check
/**
 * Who is here and who holds the keyboard and the mouse. Pure: people.js shows it. The rules themselves are the service's;
 * here they only decide what is offered.
 *
 * @typedef {import('./messages.js').Participant} Participant
 *
 * @typedef {'take'|'request'|'withdraw'|'release'} OwnAction  what I may do about the controls
 * @typedef {object} Person
 * @property {string} viewer
 * @property {string} name     empty when they have not said
 * @property {number} place    1 for the first who came
 * @property {boolean} me
 * @property {boolean} holds   has the controls
 * @property {boolean} requests
 * @property {boolean} canGrant I may hand the controls to them
 * @property {boolean} canRemove I may send them away
 *
 * @typedef {object} Sharing
 * @property {Person[]} people
 * @property {OwnAction|undefined} own  undefined where there is nothing to do, as for who is here alone
 * @property {Person|undefined} asking  somebody whose request I may answer, the one who came first
 */

/**
 * @param {readonly Participant[]} participants in order of arrival; empty for a guest, who is not told
 * @param {{ controller?: string, role?: string }} state
 * @param {string|undefined} me  this page's viewer id
 * @returns {Sharing}
 */
export function sharing(participants, { controller, role }, me) {
  const iHold = me !== undefined && controller === me;
  const mayGive = iHold || role === 'owner';
  const people = participants.map(({ viewer, name, requests }, index) => ({
    viewer,
    name: name ?? '',
    place: index + 1,
    me: viewer === me,
    holds: viewer === controller,
    requests: requests === true,
    canGrant: mayGive && viewer !== me && viewer !== controller,
    canRemove: role === 'owner' && viewer !== me,
  }));
  return {
    people,
    own:
      people.length === 1 && !controller
        ? undefined
        : ownAction(iHold, controller, role, people.find((person) => person.me)?.requests === true),
    asking: iHold || (mayGive && !controller) ? people.find((person) => person.requests && !person.me) : undefined,
  };
}

/**
 * @param {boolean} iHold
 * @param {string|undefined} controller
 * @param {string|undefined} role
 * @param {boolean} waiting
 * @returns {OwnAction|undefined}
 */
function ownAction(iHold, controller, role, waiting) {
  if (role === 'guest') {
    return undefined;
  }
  if (iHold) {
    return 'release';
  }
  if (role === 'owner') {
    return 'take';
  }
  return waiting ? 'withdraw' : controller ? 'request' : 'take';
}
