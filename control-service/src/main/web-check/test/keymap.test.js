import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KEYS, macKeyName, modifierOf } from '../../resources/META-INF/resources/client/keymap.js';

/** ADB key codes of Apple's extended keyboard, as its manual numbers them. */
const ADB = {
  Escape: 0x35, Backspace: 0x33, Tab: 0x30, Enter: 0x24, Space: 0x31, CapsLock: 0x39, ShiftLeft: 0x38,
  ShiftRight: 0x7b, ControlLeft: 0x36, ControlRight: 0x7d, AltLeft: 0x3a, AltRight: 0x7c, MetaLeft: 0x37,
  ArrowLeft: 0x3b, ArrowRight: 0x3c, ArrowDown: 0x3d, ArrowUp: 0x3e, Delete: 0x75, Home: 0x73, End: 0x77,
  PageUp: 0x74, PageDown: 0x79, Insert: 0x72, Semicolon: 0x29, Quote: 0x27, Comma: 0x2b, Minus: 0x1b, Equal: 0x18,
  Period: 0x2f, Slash: 0x2c, Backquote: 0x32, BracketLeft: 0x21, Backslash: 0x2a, BracketRight: 0x1e,
  IntlBackslash: 0x0a, F1: 0x7a, F2: 0x78, F3: 0x63, F4: 0x76, F5: 0x60, F6: 0x61, F7: 0x62, F8: 0x64, F9: 0x65,
  F10: 0x6d, F11: 0x67, F12: 0x6f, PrintScreen: 0x69, ScrollLock: 0x6b, Pause: 0x71, Numpad0: 0x52, Numpad1: 0x53,
  Numpad2: 0x54, Numpad3: 0x55, Numpad4: 0x56, Numpad5: 0x57, Numpad6: 0x58, Numpad7: 0x59, Numpad8: 0x5b,
  Numpad9: 0x5c, NumpadDecimal: 0x41, NumpadAdd: 0x45, NumpadSubtract: 0x4e, NumpadMultiply: 0x43,
  NumpadDivide: 0x4b, NumpadEnter: 0x4c, NumpadEqual: 0x51, NumLock: 0x47, Power: 0x7f,
};

test('every key of the extended keyboard is in the table with its ADB code', () => {
  for (const [code, adb] of Object.entries(ADB)) {
    assert.equal(KEYS.get(code)?.adb, adb, code);
  }
});

test('letters and digits are complete', () => {
  for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ') {
    assert.equal(KEYS.get(`Key${letter}`)?.keyCode, letter.charCodeAt(0));
  }
  for (const digit of '0123456789') {
    assert.equal(KEYS.get(`Digit${digit}`)?.keyCode, digit.charCodeAt(0));
  }
});

test('number and location name each key once', () => {
  const names = new Map();
  for (const [code, { keyCode, location }] of KEYS) {
    const id = `${keyCode}/${location}`;
    assert.equal(names.get(id), undefined, `${code} and ${names.get(id)} are both ${id}`);
    names.set(id, code);
  }
});

test('only Command exists twice on the Mac', () => {
  const twice = [...KEYS].filter(([code, { adb }]) => [...KEYS].some(([c, k]) => c !== code && k.adb === adb));
  assert.deepEqual(twice.map(([code]) => code), ['MetaLeft', 'MetaRight']);
});

test('keys of other boards and browsers find their place', () => {
  assert.equal(macKeyName('F13'), 'PrintScreen');
  assert.equal(macKeyName('Help'), 'Insert');
  assert.equal(macKeyName('OSLeft'), 'MetaLeft');
  assert.equal(macKeyName('BrowserBack'), undefined);
  assert.equal(macKeyName(''), undefined);
  assert.equal(macKeyName('constructor'), undefined);
});

test('the swap exchanges Command and Control and nothing else', () => {
  assert.equal(macKeyName('ControlLeft', true), 'MetaLeft');
  assert.equal(macKeyName('MetaRight', true), 'ControlRight');
  assert.equal(macKeyName('OSLeft', true), 'ControlLeft');
  for (const code of KEYS.keys()) {
    if (!/^(Control|Meta)/.test(code)) {
      assert.equal(macKeyName(code, true), code);
    }
  }
});

test('modifiers', () => {
  assert.deepEqual(
    ['ShiftRight', 'ControlLeft', 'AltRight', 'MetaLeft', 'KeyA', 'CapsLock'].map(modifierOf),
    ['shift', 'ctrl', 'alt', 'meta', undefined, undefined],
  );
});
