// @ts-check
/**
 * What a connection's getStats() says (W3C webrtc-stats), as one flat record. Cumulative counters are turned into rates
 * by comparing with the record before.
 *
 * @typedef {object} Statistics
 * @property {number} framesDecoded
 * @property {number} framesDropped
 * @property {number} framesPerSecond
 * @property {number} keyFrames
 * @property {number} freezes
 * @property {number} width
 * @property {number} height
 * @property {number} audioLevel      0 to 1
 * @property {number} audioEnergy     total, RFC 6464 levels squared times seconds
 * @property {number} concealedSamples
 * @property {number} packetsReceived picture and sound
 * @property {number} packetsLost     picture and sound
 * @property {number} bytesReceived   picture and sound
 * @property {number|null} kilobitsPerSecond
 * @property {string|null} lane
 * @property {string|null} codec
 * @property {string|null} audioCodec
 * @property {number|null} roundTripMs
 * @property {number|null} jitterBufferMs   of the picture, mean since the record before
 * @property {number|null} decodeMs         per frame, mean since the record before
 * @property {number|null} processingMs     first packet to decoded frame, mean since the record before
 * @property {number|null} soundBufferMs
 * @property {string|null} route            candidate types and protocol of the path in use
 * @property {number} time                  performance.now() of the record
 *
 * @typedef {{ time: number, bytes: number, totals: Record<string, number> }} Cursor
 */

/** @returns {Statistics} */
function nothing() {
  return {
    framesDecoded: 0,
    framesDropped: 0,
    framesPerSecond: 0,
    keyFrames: 0,
    freezes: 0,
    width: 0,
    height: 0,
    audioLevel: 0,
    audioEnergy: 0,
    concealedSamples: 0,
    packetsReceived: 0,
    packetsLost: 0,
    bytesReceived: 0,
    kilobitsPerSecond: null,
    lane: null,
    codec: null,
    audioCodec: null,
    roundTripMs: null,
    jitterBufferMs: null,
    decodeMs: null,
    processingMs: null,
    soundBufferMs: null,
    route: null,
    time: 0,
  };
}

/**
 * @param {Iterable<any>} report  the values of an RTCStatsReport
 * @param {{ lane?: string, now: number, before?: Cursor }} context
 * @returns {{ statistics: Statistics, cursor: Cursor }}
 */
export function summarise(report, { lane, now, before }) {
  const entries = [...report];
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const result = nothing();
  result.time = now;
  result.lane = lane ?? null;
  /** @type {Record<string, number>} */
  const totals = {};
  /** Mean of a sum per count since the record before, in milliseconds. */
  const mean = (/** @type {string} */ name, /** @type {number} */ sum, /** @type {number} */ count) => {
    totals[`${name}.sum`] = sum;
    totals[`${name}.count`] = count;
    const sumSince = sum - (before?.totals[`${name}.sum`] ?? 0);
    const countSince = count - (before?.totals[`${name}.count`] ?? 0);
    return countSince > 0 ? (1000 * sumSince) / countSince : null;
  };
  for (const entry of entries) {
    if (entry.type === 'inbound-rtp') {
      result.packetsReceived += entry.packetsReceived ?? 0;
      result.packetsLost += entry.packetsLost ?? 0;
      result.bytesReceived += entry.bytesReceived ?? 0;
      const codec = byId.get(entry.codecId)?.mimeType?.split('/')[1] ?? null;
      if (entry.kind === 'video') {
        result.framesDecoded = entry.framesDecoded ?? 0;
        result.framesDropped = entry.framesDropped ?? 0;
        result.framesPerSecond = entry.framesPerSecond ?? 0;
        result.keyFrames = entry.keyFramesDecoded ?? 0;
        result.freezes = entry.freezeCount ?? 0;
        result.width = entry.frameWidth ?? 0;
        result.height = entry.frameHeight ?? 0;
        result.codec = codec;
        result.jitterBufferMs = mean('jitter', entry.jitterBufferDelay ?? 0, entry.jitterBufferEmittedCount ?? 0);
        result.decodeMs = mean('decode', entry.totalDecodeTime ?? 0, result.framesDecoded);
        result.processingMs = mean('processing', entry.totalProcessingDelay ?? 0, result.framesDecoded);
      } else if (entry.kind === 'audio') {
        result.audioLevel = entry.audioLevel ?? 0;
        result.audioEnergy = entry.totalAudioEnergy ?? 0;
        result.concealedSamples = entry.concealedSamples ?? 0;
        result.audioCodec = codec;
        result.soundBufferMs = mean('sound', entry.jitterBufferDelay ?? 0, entry.jitterBufferEmittedCount ?? 0);
      }
    }
  }
  const pair = selectedPair(entries, byId);
  if (typeof pair?.currentRoundTripTime === 'number') {
    result.roundTripMs = 1000 * pair.currentRoundTripTime;
  }
  const local = byId.get(pair?.localCandidateId);
  const remote = byId.get(pair?.remoteCandidateId);
  if (local && remote) {
    result.route = `${local.candidateType} → ${remote.candidateType} ${remote.protocol ?? ''}`.trim();
  }
  if (before && now > before.time && result.bytesReceived >= before.bytes) {
    result.kilobitsPerSecond = (8 * (result.bytesReceived - before.bytes)) / (now - before.time);
  }
  return { statistics: result, cursor: { time: now, bytes: result.bytesReceived, totals } };
}

/**
 * The path in use: named by the transport, or, in Firefox, the pair that is nominated.
 *
 * @param {any[]} entries
 * @param {Map<string, any>} byId
 */
function selectedPair(entries, byId) {
  const transport = entries.find(({ type }) => type === 'transport');
  return (
    byId.get(transport?.selectedCandidatePairId) ??
    entries.find(({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded')
  );
}

/** Reads the present connection's statistics; every reader keeps its own point of comparison. */
export class StatisticsReader {
  #peer;
  /** @type {Cursor|undefined} */
  #before;
  /** @type {import('./peer.js').Peer|undefined} */
  #of;

  /** @param {() => import('./peer.js').Peer|undefined} peer */
  constructor(peer) {
    this.#peer = peer;
  }

  /** @returns {Promise<Statistics>} */
  async read() {
    const peer = this.#peer();
    if (!peer) {
      return { ...nothing(), time: performance.now() };
    }
    if (this.#of !== peer) {
      this.#of = peer;
      this.#before = undefined;
    }
    const report = await peer.connection.getStats();
    const { statistics, cursor } = summarise(/** @type {any} */ (report).values(), {
      lane: peer.lane,
      now: performance.now(),
      before: this.#before,
    });
    this.#before = cursor;
    return statistics;
  }
}
