import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeldKeys } from '../../resources/META-INF/resources/client/keyboard.js';
import { KEYS } from '../../resources/META-INF/resources/client/keymap.js';
import { editBetween, strokesFor, Typist } from '../../resources/META-INF/resources/client/typing.js';

const written = (text) => strokesFor(text).strokes.map((keys) => keys.join('+'));

test('all of printable ASCII has strokes, each with keys of the table', () => {
  const ascii = String.fromCharCode(...Array.from({ length: 95 }, (_, i) => 32 + i));
  const { strokes, skipped } = strokesFor(ascii);
  assert.equal(skipped, 0);
  assert.equal(strokes.length, 95);
  assert.equal(new Set(strokes.map(String)).size, 95);
  assert.ok(strokes.flat().every((key) => KEYS.has(key)));
});

test('capitals and signs hold Shift', () => {
  assert.deepEqual(written('aA1!'), ['KeyA', 'ShiftLeft+KeyA', 'Digit1', 'ShiftLeft+Digit1']);
});

test('line ends of every system are one Return', () => {
  assert.deepEqual(written('a\r\nb\rc\nd'), ['KeyA', 'Enter', 'KeyB', 'Enter', 'KeyC', 'Enter', 'KeyD']);
});

test('accents use the Mac\'s dead keys, composed or not', () => {
  assert.deepEqual(written('é'), ['AltLeft+KeyE', 'KeyE']);
  assert.deepEqual(written('e\u0301'), ['AltLeft+KeyE', 'KeyE']);
  assert.deepEqual(written('Ü'), ['AltLeft+KeyU', 'ShiftLeft+KeyU']);
  assert.deepEqual(written('ß'), ['AltLeft+KeyS']);
  assert.deepEqual(written('’'), ['AltLeft+ShiftLeft+BracketRight']);
});

test('characters without a key are counted, the rest is typed', () => {
  const { strokes, skipped } = strokesFor('a漢😀b');
  assert.equal(skipped, 2);
  assert.deepEqual(strokes, [['KeyA'], ['KeyB']]);
});

test('an edit is what was taken back and what was added', () => {
  assert.deepEqual(editBetween('  ', '  h'), { backspaces: 0, text: 'h' });
  assert.deepEqual(editBetween('  hel', '  '), { backspaces: 3, text: '' });
  assert.deepEqual(editBetween('teh', 'the '), { backspaces: 2, text: 'he ' });
  assert.deepEqual(editBetween('   ', '  '), { backspaces: 1, text: '' });
  assert.deepEqual(editBetween('same', 'same'), { backspaces: 0, text: '' });
});

test('the typist releases each stroke before the next, and leaves held modifiers alone', () => {
  const sent = [];
  const later = [];
  let done = 0;
  const held = new HeldKeys({ send: (m) => sent.push(`${m.pressed ? '+' : '-'}${m.code}`) > 0 });
  const typist = new Typist(held, { later: (run) => later.push(run), onDone: () => (done += 1) });
  held.press('ShiftLeft');
  typist.type(strokesFor('Ab').strokes);
  while (later.length > 0) {
    later.shift()();
  }
  assert.deepEqual(sent, ['+16', '+65', '-65', '+66', '-66']);
  assert.deepEqual([...held.names], ['ShiftLeft']);
  assert.equal(done, 1);
});

test('a stopped typist finishes the stroke it is at', () => {
  const later = [];
  const held = new HeldKeys({ send: () => true });
  const typist = new Typist(held, { later: (run) => later.push(run) });
  typist.type(strokesFor('abc').strokes);
  typist.stop();
  while (later.length > 0) {
    later.shift()();
  }
  assert.deepEqual([held.names.size, typist.busy], [0, false]);
});
