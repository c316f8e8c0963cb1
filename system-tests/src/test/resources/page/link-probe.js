// Watches every connection a page makes, and how evenly pictures come; leads connections through a link emulator where
// the service cannot be told to advertise its address. A classic script: it defines `globalThis.linkProbe` and nothing
// else.
(() => {
  const Original = globalThis.RTCPeerConnection;
  const connections = [];
  let through = null;

  globalThis.RTCPeerConnection = class extends Original {
    constructor(...args) {
      super(...args);
      connections.push(this);
    }

    addIceCandidate(candidate) {
      if (through === null || !candidate?.candidate) {
        return super.addIceCandidate(candidate);
      }
      const words = candidate.candidate.split(' ');
      // Other addresses and TCP would lead past the emulated link.
      if (words[2].toLowerCase() !== 'udp' || words[4] !== through.service) {
        return Promise.resolve();
      }
      words[4] = through.address;
      return super.addIceCandidate({ ...candidate, candidate: words.join(' ') });
    }
  };

  /** From now on `service`'s candidates are replaced by `address`, and the service is told none of this browser's. */
  function lead(service, address) {
    through = { service, address };
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
      if (typeof data === 'string' && data.includes('"type":"candidate"')) {
        return undefined;
      }
      return send.call(this, data);
    };
  }

  const COUNTERS = {
    video: ['framesDecoded', 'keyFramesDecoded', 'freezeCount', 'totalFreezesDuration', 'nackCount', 'pliCount',
      'firCount', 'packetsReceived', 'packetsLost', 'bytesReceived', 'retransmittedPacketsReceived'],
    audio: ['totalSamplesReceived', 'concealedSamples', 'silentConcealedSamples', 'concealmentEvents',
      'packetsReceived', 'packetsLost', 'bytesReceived', 'nackCount', 'fecPacketsReceived'],
  };
  const last = new Map();

  /** The counters of all connections ever made, those that are closed as they were last read. */
  async function totals() {
    const sum = {};
    for (const connection of connections) {
      if (connection.connectionState !== 'closed' || !last.has(connection)) {
        const own = {};
        for (const entry of (await connection.getStats()).values()) {
          if (entry.type === 'inbound-rtp') {
            for (const name of COUNTERS[entry.kind]) {
              own[`${entry.kind}.${name}`] = (own[`${entry.kind}.${name}`] ?? 0) + (entry[name] ?? 0);
            }
          }
        }
        if (Object.keys(own).length > 0 || !last.has(connection)) {
          last.set(connection, own);
        }
      }
      for (const [name, value] of Object.entries(last.get(connection))) {
        sum[name] = (sum[name] ?? 0) + value;
      }
    }
    return sum;
  }

  /** Buffers of 10 ms that wait for a busy page. */
  const UNREAD = 500;

  /**
   * Records the first channel of what an element plays, whichever track that is at the time.
   *
   * @param {HTMLAudioElement} audio
   * @param {() => boolean} done
   * @returns {Promise<string>} base64 of 16-bit samples, little-endian, 48,000 a second
   */
  async function record(audio, done) {
    const pieces = [];
    while (!done()) {
      const [track] = audio.srcObject?.getAudioTracks() ?? [];
      if (track?.readyState !== 'live') {
        await new Promise((resolve) => setTimeout(resolve, 10));
        continue;
      }
      const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: UNREAD }).readable.getReader();
      for (let next = await reader.read(); !next.done; next = done() ? { done: true } : await reader.read()) {
        const data = next.value;
        if (data.sampleRate !== 48_000) {
          throw new Error(`sound: expected 48000 samples a second, found ${data.sampleRate}`);
        }
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
        data.close();
        pieces.push(Int16Array.from(samples, (sample) => Math.max(-1, Math.min(1, sample)) * 32_767));
      }
      reader.cancel();
    }
    const url = await new Promise((resolve) => {
      const file = new FileReader();
      file.onload = () => resolve(file.result);
      file.readAsDataURL(new Blob(pieces));
    });
    return url.slice(url.indexOf(',') + 1);
  }

  /**
   * Follows a video for a while.
   *
   * @param {HTMLVideoElement} video
   * @param {number} milliseconds
   * @param {HTMLAudioElement} [audio] to be recorded meanwhile
   * @returns {Promise<{ frames: number, longestGapMs: number, gapsOver250: number, totals: object, connections: number,
   *   heard?: string }>}
   *   the gaps are between pictures presented one after the other, the first and the last to the ends of the time;
   *   totals: what the counters grew by; heard: the recording, if any
   */
  async function watch(video, milliseconds, audio) {
    const before = await totals();
    const made = connections.length;
    const begin = performance.now();
    let previous = begin;
    let frames = 0;
    let longestGapMs = 0;
    let gapsOver250 = 0;
    let done = false;
    const gap = (now) => {
      const length = now - previous;
      longestGapMs = Math.max(longestGapMs, length);
      gapsOver250 += length > 250 ? 1 : 0;
      previous = now;
    };
    const onPicture = () => {
      if (!done) {
        frames += 1;
        gap(performance.now());
        video.requestVideoFrameCallback(onPicture);
      }
    };
    video.requestVideoFrameCallback(onPicture);
    const recording = audio && record(audio, () => done);
    const reader = setInterval(totals, 200);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    clearInterval(reader);
    gap(performance.now());
    done = true;
    const after = await totals();
    const grown = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
    const heard = await recording;
    return { frames, longestGapMs, gapsOver250, totals: grown, connections: connections.length - made, heard };
  }

  globalThis.linkProbe = Object.freeze({ lead, totals, watch });
})();
