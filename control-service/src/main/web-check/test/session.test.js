import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { pauseBefore } from '../../resources/META-INF/resources/client/backoff.js';
import { Session } from '../../resources/META-INF/resources/client/session.js';

/** Time and sockets under the test's control. */
class World {
  time = 0;
  timers = [];
  sockets = [];
  phases = [];
  messages = [];
  problems = [];
  urlFails = false;

  session = new Session(
    {
      openSocket: (url) => {
        const socket = { url, readyState: 1, sent: [], closed: false,
          send(data) { socket.sent.push(JSON.parse(data)); },
          close() { socket.closed = true; },
          onopen: null, onmessage: null, onclose: null, onerror: null };
        this.sockets.push(socket);
        return socket;
      },
      findUrl: async () => {
        if (this.urlFails) {
          throw new Error('refused');
        }
        return 'ws://mac/signaling';
      },
      setTimer: (run, ms) => {
        const timer = { run, at: this.time + ms };
        this.timers.push(timer);
        return timer;
      },
      clearTimer: (timer) => {
        this.timers = this.timers.filter((t) => t !== timer);
      },
      now: () => this.time,
      random: () => 1,
    },
    {
      onPhase: (phase, interruption) => this.phases.push({ phase, ...interruption }),
      onMessage: (message) => this.messages.push(message),
      onProblem: (problem) => this.problems.push(problem),
    },
  );

  get socket() {
    return this.sockets.at(-1);
  }

  get last() {
    return this.phases.at(-1);
  }

  receive(message) {
    this.socket.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) });
  }

  async pass(ms) {
    const end = this.time + ms;
    for (let due; (due = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0]); ) {
      this.timers = this.timers.filter((t) => t !== due);
      this.time = due.at;
      due.run();
      await settle();
    }
    this.time = end;
  }

  async open() {
    this.session.start();
    await settle();
    this.receive({ type: 'welcome', viewer: 'v-1', heartbeatSeconds: 15 });
  }
}

async function settle() {
  for (let i = 0; i < 5; i++) {
    await Promise.resolve();
  }
}

/** @type {World} */
let world;

beforeEach(() => {
  world = new World();
});

test('connects, and is open with the welcome', async () => {
  await world.open();
  assert.deepEqual(world.phases.map(({ phase }) => phase), ['connecting', 'open']);
  assert.equal(world.messages[0].viewer, 'v-1');
});

test('a Mac that is being started is waited for on the same socket', async () => {
  world.session.start();
  await settle();
  world.receive({ type: 'error', code: 'session_starting', message: 'The Mac is being started.', fatal: false });
  const { socket } = world;
  await world.pass(20_000);
  assert.equal(world.last.phase, 'connecting');
  assert.equal(world.socket, socket);
  await world.pass(11_000);
  assert.equal(world.phases.find(({ cause }) => cause)?.cause, 'unreachable');
});

test('a lost socket is replaced after a quarter of a second, then after doubling pauses', async () => {
  await world.open();
  const pauses = [];
  world.socket.onclose();
  for (let i = 0; i < 5; i++) {
    pauses.push(world.last.retryInMs);
    await world.pass(world.last.retryInMs);
    assert.equal(world.last.phase, 'connecting');
    world.socket.onclose();
  }
  assert.deepEqual(pauses, [250, 500, 1000, 1000, 1000]);
  assert.equal(world.phases.find(({ cause }) => cause)?.cause, 'lost');
});

test('the pause starts small again after a success', async () => {
  await world.open();
  world.socket.onclose();
  await world.pass(250);
  world.receive({ type: 'welcome', viewer: 'v-2' });
  world.socket.onclose();
  assert.equal(world.last.retryInMs, 250);
});

test('there is never more than one living socket', async () => {
  await world.open();
  const first = world.socket;
  world.session.restart();
  await settle();
  world.session.restart();
  await settle();
  assert.equal(first.closed, true);
  assert.equal(first.onmessage, null);
  assert.equal(world.sockets.filter(({ closed }) => !closed).length, 1);
});

test('a socket that never opens is given up', async () => {
  world.session.start();
  await settle();
  await world.pass(5000);
  assert.equal(world.last.cause, 'unreachable');
});

test('an unreachable service is tried again', async () => {
  world.urlFails = true;
  world.session.start();
  await settle();
  assert.deepEqual([world.last.phase, world.last.cause, world.last.message], ['waiting', 'unreachable', 'refused']);
  world.urlFails = false;
  await world.pass(250);
  assert.equal(world.sockets.length, 1);
});

test('pings at every heartbeat and gives up after two without an answer', async () => {
  await world.open();
  await world.pass(15_000);
  assert.deepEqual(world.socket.sent, [{ type: 'ping', time: 15_000 }]);
  world.receive({ type: 'pong', time: 15_000 });
  await world.pass(15_000);
  assert.equal(world.session.phase, 'open');
  await world.pass(15_000);
  assert.deepEqual([world.last.phase, world.last.cause], ['waiting', 'silent']);
});

test('coming online ends a pause at once', async () => {
  await world.open();
  world.socket.onclose();
  world.session.wake();
  await settle();
  assert.equal(world.sockets.length, 2);
});

test('waking an open session makes sure of the socket, and keeps one that answers', async () => {
  await world.open();
  world.session.wake();
  world.receive({ type: 'pong' });
  await world.pass(5000);
  assert.equal(world.session.phase, 'open');
  world.session.wake();
  await world.pass(1500);
  assert.equal(world.last.cause, 'silent');
});

test('goodbye with retryAfterMs waits that long', async () => {
  await world.open();
  world.receive({ type: 'goodbye', reason: 'shutdown', retryAfterMs: 2000 });
  assert.deepEqual([world.last.phase, world.last.reason, world.last.retryInMs], ['waiting', 'shutdown', 2000]);
  await world.pass(1999);
  assert.equal(world.sockets.length, 1);
  await world.pass(1);
  assert.equal(world.sockets.length, 2);
});

test('goodbye without retryAfterMs is final until the visitor asks', async () => {
  await world.open();
  world.receive({ type: 'goodbye', reason: 'removed' });
  assert.deepEqual([world.last.phase, world.last.reason], ['ended', 'removed']);
  await world.pass(600_000);
  assert.equal(world.sockets.length, 1);
  world.session.start();
  await settle();
  assert.equal(world.sockets.length, 2);
});

test('a fatal error is final, unless time can mend it', async () => {
  await world.open();
  world.receive({ type: 'error', code: 'sdp_invalid', message: 'no video', fatal: true });
  world.socket.onclose();
  assert.deepEqual([world.last.phase, world.last.code], ['ended', 'sdp_invalid']);

  world = new World();
  await world.open();
  world.receive({ type: 'error', code: 'capacity_reached', message: 'full', fatal: true });
  world.socket.onclose();
  assert.deepEqual([world.last.phase, world.last.retryInMs], ['waiting', 5000]);
});

test('what cannot be read is reported and harms nothing', async () => {
  await world.open();
  for (const bad of ['{', 'null', '[]', '{"type":"evil"}', '{"type":"answer"}', '{"type":"toString"}']) {
    world.receive(bad);
  }
  assert.equal(world.problems.length, 6);
  assert.equal(world.session.phase, 'open');
  assert.equal(world.messages.length, 1);
});

test('nothing is sent while the session is not open', async () => {
  assert.equal(world.session.send({ type: 'offer' }), false);
  await world.open();
  assert.equal(world.session.send({ type: 'offer' }), true);
  world.session.stop();
  assert.equal(world.session.send({ type: 'offer' }), false);
  assert.deepEqual(world.timers, []);
});

test('pauses: from 250 ms, a second at most for a minute, never above five', () => {
  assert.equal(pauseBefore(0, 0, 1), 250);
  assert.equal(pauseBefore(0, 0, 0), 200);
  for (let attempt = 0; attempt < 2000; attempt += 13) {
    assert.ok(pauseBefore(attempt, 59_000, 1) <= 1000);
    assert.ok(pauseBefore(attempt, 61_000, 1) <= 5000);
  }
});
