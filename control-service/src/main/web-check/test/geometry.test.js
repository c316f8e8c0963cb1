import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contain, layOut, snap, toMacPixel } from '../../resources/META-INF/resources/client/geometry.js';

const VGA = { width: 640, height: 480 };

test('integer mode covers every Mac pixel with whole device pixels, at every ratio', () => {
  for (const ratio of [1, 1.25, 1.5, 2, 3]) {
    const layout = layOut({ width: 1400, height: 1000 }, ratio, VGA, 'integer');
    assert.ok(Number.isInteger(layout.scale), `${layout.scale} at ${ratio}`);
    assert.ok(Math.abs((layout.width * ratio) / 640 - layout.scale) < 1e-9);
    assert.ok(layout.width <= 1400 && layout.height <= 1000);
    assert.ok((layout.scale + 1) * 480 > 1000 * ratio, 'the next step would not fit');
  }
});

test('room that is exactly a multiple is used in full, in spite of rounding', () => {
  assert.equal(layOut({ width: 1280, height: 960 }, 1, VGA, 'integer').scale, 2);
  assert.equal(layOut({ width: 1280 / 1.5, height: 960 / 1.5 }, 1.5, VGA, 'integer').scale, 2);
});

test('fit touches two sides and keeps the shape', () => {
  const layout = layOut({ width: 1000, height: 600 }, 1, VGA, 'fit');
  assert.equal(layout.height, 600);
  assert.equal(layout.width, 800);
  assert.equal(layout.integer, false);
});

test('a Mac larger than the room is made smaller in every mode', () => {
  for (const mode of ['auto', 'integer', 'fit']) {
    const layout = layOut({ width: 500, height: 500 }, 1, { width: 1000, height: 800 }, mode);
    assert.equal(layout.scale, 0.5);
    assert.equal(layout.integer, false);
  }
});

test('auto is crisp where that costs little room, and fills where it would cost much', () => {
  assert.equal(layOut({ width: 1300, height: 980 }, 1, VGA, 'auto').scale, 2);
  assert.equal(layOut({ width: 1100, height: 900 }, 1, VGA, 'auto').scale, 1100 / 640);
});

test('no room and no ratio still give a finite size', () => {
  const layout = layOut({ width: 0, height: -5 }, 0, VGA, 'auto');
  assert.ok(layout.width > 0 && Number.isFinite(layout.width));
});

test('snap lands on device pixels', () => {
  assert.equal(snap(10.3, 1), 10);
  assert.equal(snap(10.3, 2), 10.5);
  assert.ok(Math.abs(snap(10.3, 1.5) * 1.5 - 15) < 1e-9);
});

test('contain centres the picture in a wide and in a tall box', () => {
  assert.deepEqual(contain({ left: 10, top: 20, width: 1000, height: 480 }, VGA), {
    left: 190, top: 20, width: 640, height: 480,
  });
  assert.deepEqual(contain({ left: 0, top: 0, width: 320, height: 1000 }, VGA), {
    left: 0, top: 380, width: 320, height: 240,
  });
});

test('the centre of every Mac pixel maps to that pixel, in each layout and ratio', () => {
  for (const ratio of [1, 1.5, 2]) {
    for (const mode of ['integer', 'fit']) {
      const { width, height } = layOut({ width: 1211, height: 777 }, ratio, VGA, mode);
      const box = { left: snap(33.3, ratio), top: snap(21.7, ratio), width, height };
      for (const x of [0, 1, 319, 320, 638, 639]) {
        for (const y of [0, 1, 239, 240, 478, 479]) {
          const client = { x: box.left + ((x + 0.5) * width) / 640, y: box.top + ((y + 0.5) * height) / 480 };
          assert.deepEqual(toMacPixel(client, box, VGA), { x, y, inside: true });
        }
      }
    }
  }
});

test('the first device pixel of a Mac pixel belongs to it', () => {
  const box = { left: 100, top: 50, width: 1280, height: 960 };
  assert.deepEqual(toMacPixel({ x: 100, y: 50 }, box, VGA), { x: 0, y: 0, inside: true });
  assert.deepEqual(toMacPixel({ x: 102, y: 52 }, box, VGA), { x: 1, y: 1, inside: true });
  assert.deepEqual(toMacPixel({ x: 101.9, y: 51.9 }, box, VGA), { x: 0, y: 0, inside: true });
});

test('points in the letterbox and outside give the nearest pixel and say so', () => {
  const letterboxed = { left: 0, top: 0, width: 1000, height: 480 };
  assert.deepEqual(toMacPixel({ x: 100, y: 240 }, letterboxed, VGA), { x: 0, y: 240, inside: false });
  assert.deepEqual(toMacPixel({ x: 999, y: 479.9 }, letterboxed, VGA), { x: 639, y: 479, inside: false });
  assert.deepEqual(toMacPixel({ x: -50, y: 9000 }, letterboxed, VGA), { x: 0, y: 479, inside: false });
});

test('a box or a Mac without size maps nowhere', () => {
  const nowhere = { x: 0, y: 0, inside: false };
  assert.deepEqual(toMacPixel({ x: 5, y: 5 }, { left: 0, top: 0, width: 0, height: 0 }, VGA), nowhere);
  const box = { left: 0, top: 0, width: 10, height: 10 };
  assert.deepEqual(toMacPixel({ x: 5, y: 5 }, box, { width: 0, height: 0 }), nowhere);
});
