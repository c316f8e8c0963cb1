import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInOffered } from '../../resources/META-INF/resources/client/control.js';

test('the way to sign in is what the server says, and on no other server', () => {
  assert.equal(signInOffered('</api/v1/login>; rel="authenticate"'), '/api/v1/login');
  for (const other of [
    null, '', '<https://evil.example.org/>; rel="authenticate"', '<//evil.example.org>; rel="authenticate"', '<//evil>; rel="authenticate"',
    '<javascript:alert(1)>; rel="authenticate"', '</api/v1/login>; rel="next"',
  ]) {
    assert.equal(signInOffered(other), undefined, String(other));
  }
});
