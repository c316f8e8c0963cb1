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

  /**
   * Follows a video for a while.
   *
   * @param {HTMLVideoElement} video
   * @param {number} milliseconds
   * @returns {Promise<{ frames: number, longestGapMs: number, gapsOver250: number, totals: object, connections: number }>}
   *   the gaps are between pictures presented one after the other, the first and the last to the ends of the time;
   *   totals: what the counters grew by
   */
  async function watch(video, milliseconds) {
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
    const reader = setInterval(totals, 200);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    clearInterval(reader);
    gap(performance.now());
    done = true;
    const after = await totals();
    const grown = Object.fromEntries(Object.entries(after).map(([name, value]) => [name, value - (before[name] ?? 0)]));
    return { frames, longestGapMs, gapsOver250, totals: grown, connections: connections.length - made };
  }

  globalThis.linkProbe = Object.freeze({ lead, totals, watch });
})();
