import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checked, DEFAULTS, PreferenceStore } from '../../resources/META-INF/resources/client/preferences.js';

test('damaged or foreign values fall back one by one', () => {
  const found = checked({ scale: 'huge', volume: 7, muted: 'yes', swapCommand: true, touch: 'trackpad', extra: 1 });
  assert.deepEqual(found, { ...DEFAULTS, swapCommand: true, touch: 'trackpad' });
  assert.deepEqual(checked(null), DEFAULTS);
  assert.deepEqual(checked('text'), DEFAULTS);
  assert.equal(checked({ volume: Number.NaN }).volume, DEFAULTS.volume);
});

test('choices are kept, and changing one changes only that one', () => {
  const storage = new Map();
  const like = { getItem: (key) => storage.get(key) ?? null, setItem: (key, value) => storage.set(key, value) };
  const store = new PreferenceStore(like);
  const heard = [];
  store.onChange((values, changed) => heard.push([changed, values[changed]]));
  store.set('volume', 0.5);
  store.set('scale', 'fit');
  assert.deepEqual(heard, [['volume', 0.5], ['scale', 'fit']]);
  assert.deepEqual(new PreferenceStore(like).values, { ...DEFAULTS, volume: 0.5, scale: 'fit' });
});

test('without storage the choice holds for the visit', () => {
  const store = new PreferenceStore(undefined);
  store.set('muted', true);
  assert.equal(store.values.muted, true);
  const full = { getItem: () => '{"scale":', setItem: () => { throw new Error('full'); } };
  const other = new PreferenceStore(full);
  other.set('scale', 'fit');
  assert.equal(other.values.scale, 'fit');
});
