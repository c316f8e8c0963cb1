import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { HeldKeys, Keyboard } from '../../resources/META-INF/resources/client/keyboard.js';
import { KEYS } from '../../resources/META-INF/resources/client/keymap.js';
import { play } from '../../resources/META-INF/resources/client/chords.js';

/** @type {any[]} */
let sent;
let connected;
let swapped;
let onMac;
/** @type {HeldKeys} */
let held;
/** @type {Keyboard} */
let keyboard;

beforeEach(() => {
  sent = [];
  connected = true;
  swapped = false;
  onMac = false;
  held = new HeldKeys({ send: (message) => connected && sent.push(message) > 0 });
  keyboard = make();
});

function make() {
  return new Keyboard(held, { swapped: () => swapped, onMac });
}

/** A keyboard event whose modifier flags follow from the keys named in `with`. */
function key(code, { repeat = false, flags = '', timeStamp = 0, altGraph = false } = {}) {
  const event = {
    code, repeat, timeStamp, isComposing: false, prevented: false,
    ctrlKey: flags.includes('c'), altKey: flags.includes('a'), shiftKey: flags.includes('s'), metaKey: flags.includes('m'),
    getModifierState: (name) => name === 'AltGraph' && altGraph,
    preventDefault() { event.prevented = true; },
  };
  return event;
}

const down = (code, options) => keyboard.keyDown(key(code, options));
const up = (code, options) => keyboard.keyUp(key(code, options));
const story = () => sent.map((m) => (m.type === 'key' ? `${m.pressed ? '+' : '-'}${m.code}/${m.location}` : m.type));

test('every key of the table goes down once and up once, with its number and location', () => {
  for (const [code, { keyCode, location }] of KEYS) {
    sent.length = 0;
    keyboard.keyDown(key(code, { flags: flagOf(code) }));
    keyboard.keyUp(key(code));
    assert.deepEqual(story(), [`+${keyCode}/${location}`, `-${keyCode}/${location}`], code);
  }
});

function flagOf(code) {
  return { Con: 'c', Alt: 'a', Shi: 's', Met: 'm' }[code.slice(0, 3)] ?? '';
}

test('a held key is sent once, whatever the browser repeats', () => {
  down('KeyA');
  down('KeyA', { repeat: true });
  down('KeyA');
  up('KeyA');
  up('KeyA');
  assert.deepEqual(story(), ['+65/0', '-65/0']);
});

test('messages carry the modifiers that are held after them', () => {
  down('ShiftLeft', { flags: 's' });
  down('KeyA', { flags: 's' });
  up('ShiftLeft');
  assert.deepEqual(sent[0], { type: 'key', code: 16, pressed: true, ctrl: false, alt: false, shift: true, meta: false, location: 1 });
  assert.equal(sent[1].shift, true);
  assert.deepEqual([sent[2].pressed, sent[2].shift], [false, false]);
});

test('a key that was swapped when it went down comes up as the same key', () => {
  swapped = true;
  down('ControlLeft', { flags: 'c' });
  swapped = false;
  up('ControlLeft');
  assert.deepEqual(story(), ['+91/1', '-91/1']);
});

test('losing the focus releases everything, each key once', () => {
  down('MetaLeft', { flags: 'm' });
  down('KeyC', { flags: 'm' });
  keyboard.reset();
  held.releaseAll();
  up('KeyC');
  up('MetaLeft');
  assert.deepEqual(story(), ['+91/1', '+67/0', '-67/0', '-91/1', 'release_all']);
});

test('after a lost connection nothing is held and nothing is released twice', () => {
  down('KeyA');
  held.forget();
  keyboard.reset();
  up('KeyA');
  down('KeyA');
  assert.deepEqual(story(), ['+65/0', '+65/0']);
});

test('a key pressed without a connection is not released later', () => {
  connected = false;
  down('KeyA');
  connected = true;
  up('KeyA');
  assert.deepEqual(sent, []);
});

test('a modifier let go in another window is released with the next event', () => {
  down('AltLeft', { flags: 'a' });
  down('KeyX');
  assert.deepEqual(story(), ['+18/1', '-18/1', '+88/0']);
  down('ShiftLeft', { flags: 's' });
  keyboard.reconcile({ ctrlKey: false, altKey: false, shiftKey: false, metaKey: false });
  assert.deepEqual(story().slice(3), ['+16/1', '-16/1']);
});

test('AltGr of Windows is Option without the Control it brings along', () => {
  down('ControlLeft', { flags: 'c', timeStamp: 100 });
  down('AltRight', { flags: 'ca', timeStamp: 100, altGraph: true });
  down('KeyQ', { flags: 'ca', timeStamp: 150, altGraph: true });
  up('KeyQ', { flags: 'ca' });
  up('ControlLeft', { flags: 'a' });
  up('AltRight');
  assert.deepEqual(story(), ['+17/1', '-17/1', '+18/2', '+81/0', '-81/0', '-18/2']);
});

test('AltGr of Linux, which sets no altKey, stays down', () => {
  down('AltRight', { altGraph: true });
  down('KeyQ', { altGraph: true });
  assert.deepEqual(story(), ['+18/2', '+81/0']);
});

test('Control and Option pressed one after the other stay both down', () => {
  down('ControlLeft', { flags: 'c', timeStamp: 100 });
  down('AltRight', { flags: 'ca', timeStamp: 300 });
  assert.deepEqual(story(), ['+17/1', '+18/2']);
});

test('on a Mac, keys whose release Command swallowed come up with Command', () => {
  onMac = true;
  keyboard = make();
  down('MetaLeft', { flags: 'm' });
  down('KeyC', { flags: 'm' });
  down('KeyV', { flags: 'm' });
  up('MetaLeft');
  assert.deepEqual(story(), ['+91/1', '+67/0', '+86/0', '-91/1', '-67/0', '-86/0']);
});

test('Caps Lock is one tap per press, and one per change of the lamp on a Mac', () => {
  down('CapsLock');
  up('CapsLock');
  assert.deepEqual(story(), ['+20/0', '-20/0']);
  sent.length = 0;
  onMac = true;
  keyboard = make();
  down('CapsLock');
  up('CapsLock');
  assert.deepEqual(story(), ['+20/0', '-20/0', '+20/0', '-20/0']);
});

test('what the Mac takes is kept from the browser, the rest is not', () => {
  const taken = key('Tab');
  keyboard.keyDown(taken);
  assert.equal(taken.prevented, true);
  const foreign = key('BrowserBack');
  keyboard.keyDown(foreign);
  assert.equal(foreign.prevented, false);
});

test('keys of an input method in the middle of a character are not the Mac\'s', () => {
  keyboard.keyDown({ ...key('KeyA'), isComposing: true });
  assert.deepEqual(sent, []);
});

test('a chord goes down in order and up in reverse, and keeps what the visitor holds', () => {
  down('MetaLeft', { flags: 'm' });
  play(held, ['MetaLeft', 'AltLeft', 'Escape'], (run) => run());
  assert.deepEqual(story(), ['+91/1', '+18/1', '+27/0', '-27/0', '-18/1']);
});
