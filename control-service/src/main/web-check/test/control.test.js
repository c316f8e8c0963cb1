// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aboutSession, signalingUrl } from '../../resources/META-INF/resources/client/control.js';

const page = { protocol: 'https:', hostname: 'mac.example.org' };

test('a session is named in the address of its WebSocket', () => {
  const info = { signalingUrl: null, signalingPort: 8090, signalingPath: '/signaling' };
  assert.equal(signalingUrl(info, page), 'wss://mac.example.org:8090/signaling');
  assert.equal(signalingUrl(info, page, 'ada'), 'wss://mac.example.org:8090/signaling?session=ada');
  const own = { ...info, signalingUrl: 'wss://s.example.org/signaling' };
  assert.equal(signalingUrl(own, page, 'a&b'), 'wss://s.example.org/signaling?session=a%26b');
  assert.equal(signalingUrl(own, page, null), 'wss://s.example.org/signaling');
});

test('what is asked about a Mac is asked about the session of the page', () => {
  assert.equal(aboutSession('/status', null), '/status');
  assert.equal(aboutSession('/status', 'ada'), '/status?session=ada');
  assert.equal(aboutSession('/files?folder=roms', 'ada'), '/files?folder=roms&session=ada');
});
