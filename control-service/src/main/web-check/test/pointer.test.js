import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { HeldKeys } from '../../resources/META-INF/resources/client/keyboard.js';
import { Pointer } from '../../resources/META-INF/resources/client/pointer.js';

/** @type {Record<string, (event: any) => void>} */
let listeners;
let sent;
let frames;
let timers;
let route;
let preferences;
/** @type {Pointer} */
let pointer;

beforeEach(() => {
  listeners = {};
  sent = [];
  frames = [];
  timers = [];
  preferences = { pointer: 'absolute', rightClick: 'button' };
  globalThis.document = { addEventListener() {}, pointerLockElement: null };
  const surface = {
    addEventListener: (type, listener) => { listeners[type] = listener; },
    setPointerCapture() {},
    requestPointerLock() { globalThis.document.pointerLockElement = surface; },
  };
  const note = ({ type, ...rest }) => sent.push(`${type.replace('mouse_', '')} ${Object.values(rest).join(' ')}`) > 0;
  route = { allowed: true, lossy: false, send: note, sendPosition: note };
  pointer = new Pointer({
    surface, route, keys: new HeldKeys({ send: (m) => sent.push(`key ${m.code} ${m.pressed}`) > 0 }),
    toMac: ({ clientX, clientY }) => ({ x: clientX, y: clientY, inside: true }),
    macPixelsPerCssPixel: () => 0.5,
    onAnyEvent: () => {},
    preferences: () => preferences,
    nextFrame: (run) => frames.push(run),
    later: (run) => timers.push(run),
  });
});

function fire(type, x, y, buttons = 0, more = {}) {
  listeners[type]({ type, pointerType: 'mouse', pointerId: 1, clientX: x, clientY: y, buttons, preventDefault() {}, ...more });
}

function frame() {
  frames.splice(0).forEach((run) => run());
}

test('the first move of a frame leaves at once, the newest of the others with the next', () => {
  fire('pointermove', 1, 1);
  fire('pointermove', 2, 2);
  fire('pointermove', 3, 3);
  assert.deepEqual(sent, ['move 1 1']);
  frame();
  assert.deepEqual(sent, ['move 1 1', 'move 3 3']);
  frame();
  frame();
  assert.equal(sent.length, 2);
  assert.equal(frames.length, 0);
});

test('a move to the same Mac pixel is not sent again', () => {
  fire('pointermove', 1, 1);
  frame();
  fire('pointermove', 1, 1);
  frame();
  assert.deepEqual(sent, ['move 1 1']);
});

test('a click carries its place', () => {
  fire('pointerdown', 10, 20, 1);
  fire('pointerup', 10, 20, 0);
  assert.deepEqual(sent, ['button 10 20 0 true', 'button 10 20 0 false']);
});

test('buttons pressed while another is down, and left, middle and right by their numbers', () => {
  fire('pointerdown', 1, 1, 1);
  fire('pointermove', 1, 1, 1 | 2);
  fire('pointermove', 1, 1, 1 | 2 | 4);
  fire('pointermove', 1, 1, 2);
  fire('pointerup', 1, 1, 0);
  assert.deepEqual(sent, [
    'button 1 1 0 true', 'button 1 1 2 true', 'button 1 1 1 true', 'button 1 1 0 false', 'button 1 1 1 false',
    'button 1 1 2 false',
  ]);
});

test('a drag that began outside the screen is not the Mac\'s', () => {
  fire('pointermove', 5, 5, 1);
  assert.deepEqual(sent, ['move 5 5']);
});

test('a release that was never reported is noticed with the next move', () => {
  fire('pointerdown', 1, 1, 1);
  fire('pointermove', 2, 2, 0);
  assert.equal(sent.at(-1), 'button 2 2 0 false');
});

test('losing the attention releases every button once', () => {
  fire('pointerdown', 7, 8, 1);
  pointer.releaseAll();
  pointer.releaseAll();
  fire('pointerup', 7, 8, 0);
  assert.deepEqual(sent, ['button 7 8 0 true', 'button 7 8 0 false']);
});

test('the right button as Control-click', () => {
  preferences.rightClick = 'control';
  fire('pointerdown', 1, 1, 2);
  fire('pointerup', 1, 1, 0);
  assert.deepEqual(sent, ['key 17 true', 'button 1 1 0 true', 'button 1 1 0 false', 'key 17 false']);
});

test('the wheel sends whole lines and saves up the rest', () => {
  const wheel = (deltaY, deltaMode = 0) => fire('wheel', 0, 0, 0, { deltaX: 0, deltaY, deltaMode });
  wheel(120);
  wheel(20);
  wheel(20);
  wheel(-3, 1);
  assert.deepEqual(sent, ['wheel 0 3', 'wheel 0 1', 'wheel 0 -3']);
});

test('relative: the first click only catches the pointer, then distances are in Mac pixels and none is lost', () => {
  preferences.pointer = 'relative';
  fire('pointerdown', 1, 1, 1);
  assert.deepEqual(sent, []);
  fire('pointermove', 0, 0, 0, { movementX: 3, movementY: -5 });
  fire('pointermove', 0, 0, 0, { movementX: 3, movementY: -5 });
  frame();
  frame();
  assert.deepEqual(sent, ['move 1 -2', 'move 2 -3']);
});

test('fingers are left to the touch module', () => {
  fire('pointerdown', 1, 1, 1, { pointerType: 'touch' });
  fire('pointermove', 2, 2, 1, { pointerType: 'touch' });
  assert.deepEqual(sent, []);
});

test('the first position of a connection is always told, the corner included', () => {
  fire('pointermove', 0, 0);
  frame();
  fire('pointermove', 0, 0);
  frame();
  pointer.forget();
  fire('pointermove', 0, 0);
  assert.deepEqual(sent, ['move 0 0', 'move 0 0']);
});

function rest() {
  timers.splice(0).forEach((run) => run());
}

test('a pointer that rests is told once more where nothing is lost', () => {
  route.lossy = true;
  route.send = (m) => sent.push(`surely ${m.x} ${m.y}`) > 0;
  fire('pointermove', 1, 1);
  frame();
  fire('pointermove', 2, 2);
  frame();
  rest();
  rest();
  assert.deepEqual(sent, ['move 1 1', 'move 2 2', 'surely 2 2']);
});

test('a pointer that was clicked with, moved by a distance or sent surely already is not told again', () => {
  fire('pointermove', 1, 1);
  assert.equal(timers.length, 0);
  route.lossy = true;
  frame();
  fire('pointermove', 2, 2);
  fire('pointerdown', 2, 2, 1);
  rest();
  fire('pointerup', 2, 2, 0);
  fire('pointermove', 3, 3);
  pointer.forget();
  rest();
  assert.deepEqual(sent, ['move 1 1', 'move 2 2', 'button 2 2 0 true', 'button 2 2 0 false']);
});
