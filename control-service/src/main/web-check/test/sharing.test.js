import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readServerMessage } from '../../resources/META-INF/resources/client/messages.js';
import { sharing } from '../../resources/META-INF/resources/client/sharing.js';

const ADA = { viewer: 'v-1', name: 'Ada', role: 'owner', requests: false };
const BOB = { viewer: 'v-2', name: '', role: 'controller', requests: true };

test('the holder is asked, may hand over and may give up', () => {
  const found = sharing([ADA, BOB], { controller: 'v-1', role: 'controller' }, 'v-1');
  assert.equal(found.own, 'release');
  assert.equal(found.asking?.viewer, 'v-2');
  assert.deepEqual(found.people.map(({ me, holds, canGrant }) => [me, holds, canGrant]), [
    [true, true, false],
    [false, false, true],
  ]);
});

test('somebody else asks, and may withdraw', () => {
  assert.equal(sharing([ADA, { ...BOB, requests: false }], { controller: 'v-1', role: 'controller' }, 'v-2').own, 'request');
  const waiting = sharing([ADA, BOB], { controller: 'v-1', role: 'controller' }, 'v-2');
  assert.equal(waiting.own, 'withdraw');
  assert.equal(waiting.asking, undefined);
});

test('free controls are taken, an owner takes them from anybody, a guest watches', () => {
  assert.equal(sharing([], { controller: '', role: 'controller' }, 'v-2').own, 'take');
  assert.equal(sharing([ADA, BOB], { controller: 'v-2', role: 'owner' }, 'v-1').own, 'take');
  assert.equal(sharing([], { controller: 'v-1', role: 'guest' }, 'v-3').own, undefined);
});

test('visitors without a name are told apart by their place', () => {
  assert.deepEqual(sharing([ADA, BOB], {}, 'v-1').people.map(({ name, place }) => [name, place]), [['Ada', 1], ['', 2]]);
});

test('entries that are no participants are left out', () => {
  const message = readServerMessage(
    JSON.stringify({ type: 'participants', participants: [ADA, null, 7, { viewer: 3 }] }),
  );
  assert.deepEqual(message.participants, [ADA]);
});

test('who is here alone has nothing to take', () => {
  assert.equal(sharing([ADA], { controller: '', role: 'owner' }, 'v-1').own, undefined);
  assert.equal(sharing([ADA], { controller: 'v-1', role: 'owner' }, 'v-1').own, 'release');
  assert.equal(sharing([ADA, BOB], { controller: '', role: 'owner' }, 'v-1').own, 'take');
});
