import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ConnectionStages, STAGES } from '../../resources/META-INF/resources/client/stages.js';

/** @type {ConnectionStages} */
let stages;

beforeEach(() => {
  stages = new ConnectionStages(() => {});
  stages.again();
});

function playing() {
  for (const stage of STAGES) {
    stages.done(stage);
  }
}

test('walks from the service to the picture', () => {
  const words = [stages.word];
  for (const stage of STAGES.slice(1)) {
    stages.done(stage);
    words.push(stages.word);
  }
  assert.deepEqual(words, ['service', 'emulator', 'ice', 'dtls', 'picture', 'playing']);
});

test('exactly one stage is active on the way', () => {
  for (const stage of STAGES.slice(1)) {
    assert.deepEqual(STAGES.filter((s) => stages.status(s) === 'active'), [stage]);
    stages.done(stage);
  }
});

test('a failure names its stage and reason, and is forgotten when the stage succeeds', () => {
  stages.done('service');
  stages.fail('ice', 'ice_failed', 'no candidates');
  assert.equal(stages.word, 'failed');
  assert.deepEqual(stages.failure, { stage: 'ice', reason: 'ice_failed', detail: 'no candidates' });
  stages.again();
  assert.equal(stages.word, 'failed');
  assert.equal(stages.status('ice'), 'failed');
  stages.done('ice');
  assert.equal(stages.failure, undefined);
});

test('without an emulator the connection goes on, then the Mac is off', () => {
  stages.done('service');
  stages.emulatorAbsent();
  assert.equal(stages.condition, 'connecting');
  stages.done('ice');
  stages.done('dtls');
  assert.equal(stages.word, 'off');
  stages.done('emulator');
  assert.equal(stages.word, 'picture');
  stages.done('picture');
  assert.equal(stages.word, 'playing');
});

test('an emulator that goes and comes back', () => {
  playing();
  stages.emulatorAbsent();
  assert.equal(stages.word, 'off');
  stages.done('emulator');
  assert.equal(stages.word, 'playing');
});

test('after a picture was seen, a lost connection is a reconnection, even when it fails at first', () => {
  playing();
  stages.again();
  assert.equal(stages.word, 'reconnecting');
  stages.fail('service', 'unreachable');
  assert.equal(stages.word, 'reconnecting');
  playing();
  assert.equal(stages.word, 'playing');
  assert.equal(stages.failure, undefined);
});

test('ended is final until the visitor asks again', () => {
  playing();
  stages.fail('service', 'removed');
  stages.end();
  assert.equal(stages.word, 'ended');
  stages.again();
  assert.equal(stages.word, 'reconnecting');
});

test('a stage that takes its time is no failure', () => {
  const stages = new ConnectionStages();
  stages.fail('service', 'unreachable');
  stages.hold('service', 'session_starting', 'The Mac "ada" is being started.');
  assert.equal(stages.condition, 'connecting');
  assert.equal(stages.status('service'), 'active');
  assert.equal(stages.held?.reason, 'session_starting');
  stages.done('service');
  assert.equal(stages.held, undefined);
});
