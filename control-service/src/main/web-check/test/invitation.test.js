import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptInvitation, splitInvitation } from '../../resources/META-INF/resources/client/invitation.js';

test('the token leaves the address and nothing else does', () => {
  assert.deepEqual(splitInvitation('http://mac.example.org:8000/?lane=shared&token=a.b.c#x'), {
    token: 'a.b.c', address: '/?lane=shared#x',
  });
  assert.deepEqual(splitInvitation('http://mac.example.org/'), { token: null, address: '/' });
});

test('an invitation is taken out of the address before it is exchanged', async () => {
  const steps = [];
  const page = {
    href: 'http://mac.example.org/?token=a.b.c',
    replace: (address) => steps.push(address),
    post: async (path, { method, body }) => {
      steps.push(`${method} ${path} ${body}`);
      return { ok: true };
    },
  };
  assert.equal(await acceptInvitation(page), true);
  assert.deepEqual(steps, ['/', 'POST /api/v1/session {"token":"a.b.c"}']);
});

test('no invitation, no request; a service that does not answer is not fatal', async () => {
  const never = { href: 'http://localhost/', replace: assert.fail, post: assert.fail };
  assert.equal(await acceptInvitation(never), false);
  const down = { href: 'http://localhost/?token=x', replace: () => {}, post: () => Promise.reject(new Error('down')) };
  assert.equal(await acceptInvitation(down), false);
});
