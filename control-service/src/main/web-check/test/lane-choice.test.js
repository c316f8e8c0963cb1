import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LaneChoice } from '../../resources/META-INF/resources/client/lane-choice.js';

const OFFERED = ['shared', 'adaptive'];

function storage() {
  const values = new Map();
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => values.set(key, value) };
}

test('the service chooses, until its choice cannot be reached', () => {
  const lanes = new LaneChoice(undefined, storage());
  assert.equal(lanes.next(OFFERED), undefined);
  lanes.failed('shared');
  assert.equal(lanes.next(OFFERED), 'adaptive');
  lanes.failed('adaptive');
  assert.equal(lanes.next(OFFERED), 'shared');
});

test('a failure before the answer counts against the preferred lane', () => {
  const lanes = new LaneChoice(undefined, undefined);
  lanes.next(OFFERED);
  lanes.failed(undefined);
  assert.equal(lanes.next(OFFERED), 'adaptive');
});

test('what worked is kept for the visit, as long as it is offered', () => {
  const kept = storage();
  const lanes = new LaneChoice(undefined, kept);
  lanes.next(OFFERED);
  lanes.failed('shared');
  lanes.worked();
  assert.equal(new LaneChoice(undefined, kept).next(OFFERED), 'adaptive');
  assert.equal(new LaneChoice(undefined, kept).next(['shared']), undefined);
});

test('a lane in the address is never changed', () => {
  const lanes = new LaneChoice('shared', storage());
  lanes.next(OFFERED);
  lanes.failed('shared');
  assert.equal(lanes.next(OFFERED), 'shared');
});

test('a single lane is all there is', () => {
  const lanes = new LaneChoice(undefined, undefined);
  lanes.next(['shared']);
  lanes.failed('shared');
  assert.equal(lanes.next(['shared']), undefined);
});
