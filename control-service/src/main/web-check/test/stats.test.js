import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarise } from '../../resources/META-INF/resources/client/stats.js';

const report = (at) => [
  { id: 'C1', type: 'codec', mimeType: 'video/VP8' },
  { id: 'C2', type: 'codec', mimeType: 'audio/opus' },
  { id: 'V', type: 'inbound-rtp', kind: 'video', codecId: 'C1', framesDecoded: 30 * at, framesPerSecond: 30,
    frameWidth: 640, frameHeight: 480, packetsReceived: 100 * at, packetsLost: at, bytesReceived: 100_000 * at,
    jitterBufferDelay: 0.3 * at, jitterBufferEmittedCount: 30 * at, totalDecodeTime: 0.06 * at,
    totalProcessingDelay: 0.6 * at },
  { id: 'A', type: 'inbound-rtp', kind: 'audio', codecId: 'C2', audioLevel: 0.25, totalAudioEnergy: at,
    packetsReceived: 50 * at, packetsLost: 0, bytesReceived: 25_000 * at },
  { id: 'T', type: 'transport', selectedCandidatePairId: 'P' },
  { id: 'P', type: 'candidate-pair', currentRoundTripTime: 0.004, localCandidateId: 'L', remoteCandidateId: 'R' },
  { id: 'L', type: 'local-candidate', candidateType: 'host' },
  { id: 'R', type: 'remote-candidate', candidateType: 'host', protocol: 'udp' },
];

test('sums up both tracks and names the path', () => {
  const { statistics } = summarise(report(1), { lane: 'shared', now: 1000 });
  assert.equal(statistics.framesDecoded, 30);
  assert.equal(statistics.packetsReceived, 150);
  assert.equal(statistics.packetsLost, 1);
  assert.equal(statistics.audioLevel, 0.25);
  assert.deepEqual([statistics.codec, statistics.audioCodec, statistics.lane], ['VP8', 'opus', 'shared']);
  assert.equal(statistics.roundTripMs, 4);
  assert.equal(statistics.route, 'host → host udp');
  assert.equal(statistics.kilobitsPerSecond, null);
});

test('rates and means are of the time since the record before', () => {
  const { cursor } = summarise(report(1), { now: 1000 });
  const { statistics } = summarise(report(3), { now: 3000, before: cursor });
  assert.equal(statistics.kilobitsPerSecond, 1000);
  assert.ok(Math.abs(statistics.jitterBufferMs - 10) < 1e-6);
  assert.ok(Math.abs(statistics.decodeMs - 2) < 1e-6);
  assert.ok(Math.abs(statistics.processingMs - 20) < 1e-6);
  const same = summarise(report(3), { now: 4000, before: summarise(report(3), { now: 3000 }).cursor });
  assert.equal(same.statistics.decodeMs, null);
});

test('Firefox names the path by the nominated pair alone', () => {
  const found = report(1).filter(({ type }) => type !== 'transport');
  Object.assign(found.find(({ id }) => id === 'P'), { nominated: true, state: 'succeeded' });
  assert.equal(summarise(found, { now: 1 }).statistics.roundTripMs, 4);
});

test('an empty report is a record of nothing', () => {
  const { statistics } = summarise([], { now: 5 });
  assert.deepEqual([statistics.framesDecoded, statistics.width, statistics.lane], [0, 0, null]);
});
