import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesOf, choicesOf, fileName, images, knows } from '../../resources/META-INF/resources/client/mac-config.js';

const CONFIG = Object.freeze({
  rom: '/roms/Quadra.ROM', disk: ['System7.img', '*Tools.img'], ramsize: 8388608, screen: 'win/640/480', cpu: 4,
  modelid: 14, fpu: true, nosound: false, idlewait: true,
});

test('choosing nothing changes nothing', () => {
  assert.deepEqual(changesOf(CONFIG, choicesOf(CONFIG)), {});
});

test('changing one thing changes only that thing', () => {
  const change = (part) => changesOf(CONFIG, { ...choicesOf(CONFIG), ...part });
  assert.deepEqual(change({ ramsize: '32' }), { ramsize: 33554432 });
  assert.deepEqual(change({ screen: '800x600' }), { screen: 'win/800/600' });
  assert.deepEqual(change({ cpu: '3' }), { cpu: 3 });
  assert.deepEqual(change({ sound: false }), { nosound: true });
  assert.deepEqual(change({ disk: ['System7.img'] }), { disk: ['System7.img'] });
  assert.deepEqual(change({ cdrom: 'Install.iso' }), { cdrom: 'Install.iso' });
});

test('values as an emulator spells them in its file are understood', () => {
  const choices = choicesOf({ disk: 'One.img', ramsize: '16777216', screen: 'dga/1024/768', nosound: 'true' });
  assert.deepEqual([choices.disk, choices.ramsize, choices.screen, choices.sound], [['One.img'], '16', '1024x768', false]);
  assert.deepEqual(changesOf({ screen: 'dga/1024/768' }, { ...choicesOf({ screen: 'dga/1024/768' }), screen: '800x600' }), {
    screen: 'dga/800/600',
  });
});

test('only what the emulator knows is offered', () => {
  assert.equal(knows({ rom: 'x' }, 'modelid'), false);
  assert.equal(knows({ modelid: 14 }, 'modelid'), true);
  assert.equal(knows({}, 'ramsize'), true);
});

test('images keep the spelling they are configured with, and each is there once', () => {
  assert.deepEqual(images(['System7.img', 'Tools.img', 'New.img'], ['/disks/System7.img', '*Tools.img']), [
    { value: '/disks/System7.img', label: 'System7.img' },
    { value: '*Tools.img', label: 'Tools.img' },
    { value: 'New.img', label: 'New.img' },
  ]);
  assert.deepEqual(images([], ['']), []);
  assert.equal(fileName('*/a/b/c.img'), 'c.img');
});
