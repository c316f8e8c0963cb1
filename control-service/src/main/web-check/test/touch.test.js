import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Touch } from '../../resources/META-INF/resources/client/touch.js';

let log;
let mode;
let position;
let timers;
/** @type {Touch} */
let touch;
let time;

beforeEach(() => {
  log = [];
  mode = 'direct';
  position = { x: 100, y: 100 };
  timers = [];
  time = 0;
  touch = new Touch({
    surface: { addEventListener() {} },
    toMac: ({ clientX, clientY }) => ({ x: clientX * 2, y: clientY * 2 }),
    macSize: () => ({ width: 640, height: 480 }),
    macPixelsPerCssPixel: () => 2,
    pointer: {
      get position() { return { ...position }; },
      moveTo(x, y) { position = { x, y }; log.push(`${x},${y}`); },
      setButton(button, pressed) { log.push(`${pressed ? '+' : '-'}${button}`); },
      scroll(dx, dy) { log.push(`scroll ${(dx + 0).toFixed(2)} ${(dy + 0).toFixed(2)}`); },
    },
    mode: () => mode,
    setTimer: (run, ms) => { const timer = { run, at: time + ms }; timers.push(timer); return timer; },
    clearTimer: (timer) => { timers = timers.filter((t) => t !== timer); },
  });
});

function event(x, y, id = 1) {
  return { pointerType: 'touch', pointerId: id, clientX: x, clientY: y, timeStamp: time };
}

function pass(ms) {
  time += ms;
  const due = timers.filter(({ at }) => at <= time);
  timers = timers.filter(({ at }) => at > time);
  due.forEach(({ run }) => run());
}

test('direct: a tap clicks under the finger, long enough to be seen', () => {
  touch.down(event(10, 20));
  pass(80);
  touch.up(event(11, 20));
  assert.deepEqual(log, ['20,40', '+0']);
  pass(50);
  assert.deepEqual(log, ['20,40', '+0', '-0']);
});

test('direct: a moving finger drags from where it came down', () => {
  touch.down(event(10, 20));
  touch.move(event(14, 20));
  touch.move(event(30, 20));
  touch.move(event(50, 60));
  touch.up(event(50, 60));
  assert.deepEqual(log, ['20,40', '+0', '60,40', '100,120', '-0']);
});

test('a long press holds the button until the finger leaves', () => {
  touch.down(event(10, 20));
  pass(460);
  touch.move(event(10, 60));
  touch.up(event(10, 60));
  assert.deepEqual(log, ['20,40', '+0', '20,120', '-0']);
});

test('two fingers tapping are the right button, once', () => {
  touch.down(event(10, 20, 1));
  touch.down(event(60, 20, 2));
  pass(100);
  touch.up(event(60, 20, 2));
  touch.up(event(10, 20, 1));
  pass(60);
  assert.deepEqual(log, ['20,40', '+2', '-2']);
});

test('two fingers moving scroll with the picture and press nothing', () => {
  touch.down(event(10, 20, 1));
  touch.down(event(60, 20, 2));
  touch.move(event(10, 38, 1));
  touch.move(event(60, 38, 2));
  touch.up(event(10, 38, 1));
  touch.up(event(60, 38, 2));
  pass(1000);
  assert.deepEqual(log, ['20,40', 'scroll 0.00 -0.50', 'scroll 0.00 -0.50']);
});

test('trackpad: the pointer moves from where it is, and a tap clicks there', () => {
  mode = 'trackpad';
  touch.down(event(200, 200));
  touch.move(event(210, 200));
  touch.move(event(220, 190));
  touch.up(event(220, 190));
  assert.deepEqual(log, ['128,100', '156,72']);
  log.length = 0;
  time = 5000;
  touch.down(event(10, 10));
  pass(50);
  touch.up(event(10, 10));
  pass(60);
  assert.deepEqual(log, ['+0', '-0']);
  assert.deepEqual(position, { x: 156, y: 72 });
});

test('trackpad: a tap and a move drag', () => {
  mode = 'trackpad';
  time = 1000;
  touch.down(event(10, 10));
  touch.up(event(10, 10));
  pass(60);
  time += 60;
  touch.down(event(10, 10));
  touch.move(event(30, 10));
  touch.up(event(30, 10));
  assert.deepEqual(log, ['+0', '-0', '+0', '156,100', '-0']);
});

test('trackpad: the pointer stops at the edges', () => {
  mode = 'trackpad';
  touch.down(event(300, 300));
  touch.move(event(0, 0));
  assert.deepEqual(position, { x: 0, y: 0 });
  touch.move(event(3000, 3000));
  assert.deepEqual(position, { x: 639, y: 479 });
});

test('a cancelled touch clicks nothing and releases what it held', () => {
  touch.down(event(10, 20));
  touch.up(event(10, 20), true);
  pass(1000);
  assert.deepEqual(log, ['20,40']);
  touch.down(event(10, 20));
  touch.move(event(50, 20));
  touch.up(event(50, 20), true);
  assert.equal(log.at(-1), '-0');
});

test('after a reset, fingers that are still down do nothing', () => {
  touch.down(event(10, 20));
  touch.reset();
  pass(1000);
  touch.move(event(90, 90));
  touch.up(event(90, 90));
  assert.deepEqual(log, ['20,40']);
});
