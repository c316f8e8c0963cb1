import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptsDataChannels, countCandidates, endsCandidates, inOrder, withStereoOpus } from '../../resources/META-INF/resources/client/sdp.js';

test('Opus is asked for in stereo, other formats stay as they are', () => {
  const sdp = 'a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\na=fmtp:96 max-fs=1200\r\n';
  assert.equal(
    withStereoOpus(sdp),
    'a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1\r\na=fmtp:96 max-fs=1200\r\n',
  );
});

test('an offer that asks for stereo already is not changed', () => {
  const sdp = 'a=rtpmap:109 opus/48000/2\r\na=fmtp:109 maxplaybackrate=48000;stereo=1;useinbandfec=1\r\n';
  assert.equal(withStereoOpus(sdp), sdp);
});

test('a rejected or missing application section means no data channels', () => {
  const section = (port) => `v=0\r\nm=video 9 X 96\r\nm=application ${port} UDP/DTLS/SCTP webrtc-datachannel\r\n`;
  assert.equal(acceptsDataChannels(section(9)), true);
  assert.equal(acceptsDataChannels(section(0)), false);
  assert.equal(acceptsDataChannels('v=0\r\nm=video 9 X 96\r\n'), false);
});

test('VP8 is offered first, or the codec asked for; companions stay behind', () => {
  const codecs = ['video/H264', 'video/VP9', 'video/rtx', 'video/VP8', 'video/red'].map((mimeType) => ({ mimeType }));
  const names = (list) => list.map(({ mimeType }) => mimeType.slice(6));
  assert.deepEqual(names(inOrder(codecs)), ['VP8', 'VP9', 'H264', 'rtx', 'red']);
  assert.deepEqual(names(inOrder(codecs, 'h264')), ['H264', 'VP8', 'VP9', 'rtx', 'red']);
  assert.equal(codecs[0].mimeType, 'video/H264');
});

test('candidates of an answer are counted', () => {
  assert.equal(countCandidates('v=0\r\na=candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\na=end-of-candidates\r\n'), 1);
  assert.equal(countCandidates('v=0\r\n'), 0);
});

test('an answer says whether candidates follow it', () => {
  assert.equal(endsCandidates('a=candidate:1 1 udp 1 127.0.0.1 8189 typ host\r\na=end-of-candidates\r\n'), true);
  assert.equal(endsCandidates('a=candidate:1 1 udp 1 127.0.0.1 8189 typ host\r\n'), false);
});
