import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folderOf, sizeText, suits } from '../../resources/META-INF/resources/client/storage.js';
import { Upload } from '../../resources/META-INF/resources/client/upload.js';

const SLICE = 8 * 1024 * 1024;

/** A tus server in a few lines, whose failures the test chooses. */
class Server {
  requests = [];
  files = new Map();
  failures = [];

  send = async ({ method, url, headers, body, onProgress }) => {
    this.requests.push(`${method} ${url}`);
    assert.equal(headers['Tus-Resumable'], '1.0.0');
    const failure = this.failures.shift();
    if (typeof failure === 'number') {
      return answer(failure);
    }
    if (failure) {
      return answer(failure.status, {}, JSON.stringify({ type: `urn:macemu:problem:${failure.kind}`, title: '' }));
    }
    if (method === 'POST') {
      const id = `/api/v1/storage/uploads/u-${this.files.size + 1}`;
      this.files.set(id, { offset: 0, length: Number(headers['Upload-Length']), metadata: headers['Upload-Metadata'] });
      return answer(201, { Location: id });
    }
    const file = this.files.get(url);
    if (!file) {
      return answer(404);
    }
    if (method === 'DELETE') {
      this.files.delete(url);
      return answer(204);
    }
    if (method === 'PATCH') {
      assert.equal(Number(headers['Upload-Offset']), file.offset);
      onProgress?.(body.size / 2);
      file.offset += body.size;
    }
    return answer(204, { 'Upload-Offset': String(file.offset) });
  };
}

const answer = (status, headers = {}, text = '') => ({
  status, text,
  header: (name) => headers[name] ?? (name === 'Content-Type' ? 'application/problem+json' : null),
});

function begin(server, { size = 2 * SLICE + 5, url } = {}) {
  const file = Object.assign(new Blob([new Uint8Array(size)]), { name: 'Spiele ü.img' });
  let time = 0;
  const states = [];
  const upload = new Upload(
    file, { folder: 'images', url }, { send: server.send, pause: async () => {}, now: () => (time += 300) },
    () => states.at(-1) !== upload.state && states.push(upload.state),
  );
  return { upload, states };
}

test('a file travels in slices, under its own name', async () => {
  const server = new Server();
  const { upload, states } = begin(server);
  await upload.run();
  assert.deepEqual(states, ['running', 'done']);
  assert.equal(server.requests.filter((r) => r.startsWith('PATCH')).length, 3);
  const [file] = server.files.values();
  assert.equal(file.offset, file.length);
  assert.equal(file.metadata, `folder ${btoa('images')},filename ${Buffer.from('Spiele ü.img').toString('base64')}`);
  assert.equal(upload.sent, upload.size);
  assert.ok(upload.speed > 0);
});

test('an interruption is got over where it was', async () => {
  const server = new Server();
  const { upload, states } = begin(server);
  server.failures = [undefined, undefined, 0, 503];
  await upload.run();
  assert.deepEqual(states, ['running', 'interrupted', 'running', 'interrupted', 'running', 'done']);
  assert.equal(server.requests.filter((r) => r.startsWith('POST')).length, 1);
  assert.ok(server.requests.some((r) => r.startsWith('HEAD')));
});

test('an upload that was begun earlier is gone on with', async () => {
  const server = new Server();
  server.files.set('/u', { offset: SLICE, length: SLICE + 7 });
  const { upload } = begin(server, { size: SLICE + 7, url: '/u' });
  await upload.run();
  assert.deepEqual(server.requests, ['HEAD /u', 'PATCH /u']);
  assert.equal(upload.state, 'done');
});

test('what only the visitor can decide is asked: a name that is taken may be replaced', async () => {
  const server = new Server();
  server.failures = [{ status: 409, kind: 'file-exists' }];
  const { upload } = begin(server, { size: 10 });
  await upload.run();
  assert.equal(upload.state, 'failed');
  assert.equal(upload.canOverwrite, true);
  await upload.run({ overwrite: true });
  assert.equal(upload.state, 'done');
  assert.match([...server.files.values()][0].metadata, /,overwrite dHJ1ZQ==$/);
});

test('a cancelled upload leaves nothing behind', async () => {
  const server = new Server();
  const { upload } = begin(server);
  const running = upload.run();
  await upload.cancel();
  await running;
  assert.equal(upload.state, 'cancelled');
  await upload.run();
  assert.equal(upload.state, 'cancelled');
});

test('a lost answer to the last bytes does not send the file again', async () => {
  const server = new Server();
  const { upload } = begin(server, { size: 10 });
  const send = server.send;
  server.send = async (request) => {
    const result = await send(request);
    if (request.method === 'PATCH') {
      server.files.clear();
      return answer(0);
    }
    return result;
  };
  const again = begin(server, { size: 10 });
  await again.upload.run();
  assert.equal(again.upload.state, 'done');
  assert.equal(server.requests.filter((r) => r.startsWith('POST')).length, 1);
  assert.equal(upload.state, 'waiting');
});

test('files are told apart by name and size', () => {
  assert.equal(folderOf('Quadra.ROM', 1024 * 1024), 'roms');
  assert.equal(folderOf('mac', 512 * 1024), 'roms');
  assert.equal(folderOf('System 7.img', 1024 * 1024), 'images');
  assert.equal(folderOf('Games.iso', 600 * 1024 * 1024), 'images');
  assert.equal(folderOf('notes', 1000), 'images');
  const rom = { emulators: ['basilisk2'] };
  assert.equal(suits(rom, 'Basilisk II'), true);
  assert.equal(suits(rom, 'SheepShaver'), false);
  assert.equal(suits(rom, 'other'), undefined);
  assert.equal(suits({ emulators: [] }, 'other'), false);
  assert.equal(sizeText(1024 * 1024, (n, d = 0) => n.toFixed(d)), '1 MB');
});
