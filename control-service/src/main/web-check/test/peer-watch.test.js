import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { PeerWatch } from '../../resources/META-INF/resources/client/peer-watch.js';
import { ConnectionStages } from '../../resources/META-INF/resources/client/stages.js';

/** @type {ConnectionStages} */
let stages;
/** @type {PeerWatch} */
let watch;
let tries = 0;

beforeEach(begin);

function begin() {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout'] });
  tries = 0;
  stages = new ConnectionStages();
  stages.again();
  stages.done('service');
  watch = new PeerWatch(stages, { reconnect: () => (tries += 1), note: () => {} });
}

/** @param {number} remote how many candidates the other side has named */
const peer = (remote) => /** @type {any} */ ({ candidates: { local: 1, remote } });

test('an offer that nobody answers is made again, after a pause', () => {
  watch.offering(peer(0));
  mock.timers.tick(4999);
  assert.equal(stages.failure, undefined);
  mock.timers.tick(1);
  assert.deepEqual(stages.failure, { stage: 'service', reason: 'no_answer', detail: undefined });
  assert.ok(watch.failing);
  mock.timers.tick(499);
  assert.equal(tries, 0);
  mock.timers.tick(1);
  assert.equal(tries, 1);
});

test('the pause grows with every failure, up to ten seconds, and begins anew after a success', () => {
  const pauses = [];
  const pause = () => {
    const before = tries;
    watch.failed('dtls', 'dtls_failed');
    let waited = 0;
    for (; tries === before; waited += 500) {
      mock.timers.tick(500);
    }
    pauses.push(waited);
  };
  for (let i = 0; i < 7; i++) {
    pause();
  }
  watch.forgive();
  pause();
  assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 10_000, 10_000, 500]);
});

test('the other lane is tried at once when ICE has failed for the first time', () => {
  watch.failed('ice', 'ice_failed');
  mock.timers.tick(1);
  assert.equal(tries, 1);
  watch.failed('ice', 'ice_failed');
  mock.timers.tick(999);
  assert.equal(tries, 1);
  mock.timers.tick(1);
  assert.equal(tries, 2);
});

test('a path that takes its time is spoken of, and not given up', () => {
  for (const [remote, reason] of /** @type {const} */ ([[0, 'ice_no_remote'], [2, 'ice_slow']])) {
    begin();
    watch.offering(peer(remote));
    watch.proceeds();
    mock.timers.tick(8000);
    assert.equal(stages.failure?.reason, reason);
    assert.equal(tries, 0);
  }
});

test('an interrupted path is given up after a while, unless it comes back', () => {
  watch.interrupted();
  watch.proceeds();
  mock.timers.tick(5000);
  assert.equal(tries, 0);
  watch.interrupted();
  mock.timers.tick(1200);
  assert.equal(tries, 1);
});

test('a picture is missed only where there is an emulator', () => {
  watch.expectPicture(() => false);
  mock.timers.tick(6000);
  assert.equal(stages.failure, undefined);
  watch.expectPicture(() => true);
  watch.pictureShown();
  mock.timers.tick(6000);
  assert.equal(stages.failure, undefined);
  watch.expectPicture(() => true);
  mock.timers.tick(6000);
  assert.deepEqual(stages.failure, { stage: 'picture', reason: 'picture_missing', detail: undefined });
});

test("the service's errors lead to the stage they are about; the others to none", () => {
  for (const code of ['input_invalid', 'constructor', '']) {
    watch.refused(code, 'words');
    assert.equal(stages.failure, undefined);
  }
  watch.refused('sdp_too_large', 'words');
  assert.deepEqual(stages.failure, { stage: 'service', reason: 'refused', detail: 'words' });
  watch.refused('dtls_failed', 'words');
  assert.deepEqual(stages.failure, { stage: 'dtls', reason: 'dtls_failed', detail: 'words' });
});

test('at rest nothing follows any more', () => {
  watch.offering(peer(0));
  watch.expectPicture(() => true);
  watch.rest();
  mock.timers.tick(60_000);
  assert.equal(stages.failure, undefined);
  assert.equal(tries, 0);
});
