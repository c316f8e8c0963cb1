// @ts-check
/** What the page changes in its offer and reads from the answer (RFC 8866, RFC 7587, RFC 8838, RFC 8841). */

/**
 * Asks for stereo Opus: a browser decodes mono unless its own description says `stereo=1` (RFC 7587, section 6.1).
 *
 * @param {string} sdp
 * @returns {string}
 */
export function withStereoOpus(sdp) {
  const payloadTypes = new Set([...sdp.matchAll(/^a=rtpmap:(\d+) opus\/48000\/2\r?$/gim)].map((match) => match[1]));
  return sdp.replace(/^a=fmtp:(\d+) ([^\r\n]*)/gm, (line, payloadType, parameters) => {
    if (!payloadTypes.has(payloadType) || /(^|;)\s*stereo=/.test(parameters)) {
      return line;
    }
    return `a=fmtp:${payloadType} ${parameters};stereo=1;sprop-stereo=1`;
  });
}

/**
 * Whether an answer accepts the data channels' section: present, and not rejected with port 0.
 *
 * @param {string} sdp
 */
export function acceptsDataChannels(sdp) {
  const section = /^m=application (\d+) /m.exec(sdp);
  return section !== null && section[1] !== '0';
}

/**
 * Candidates that came with a description instead of after it.
 *
 * @param {string} sdp
 */
export function countCandidates(sdp) {
  return [...sdp.matchAll(/^a=candidate:/gm)].length;
}

/**
 * Whether no candidates follow those of a description (RFC 8838, section 14).
 *
 * @param {string} sdp
 */
export function endsCandidates(sdp) {
  return /^a=end-of-candidates\r?$/m.test(sdp);
}

/** The order in which the page would like to receive video codecs; the first of the offer is what is sent. */
const VIDEO_ORDER = ['video/vp8', 'video/vp9', 'video/av1', 'video/h264'];

/**
 * The codecs of `RTCRtpReceiver.getCapabilities('video')`, reordered so that every browser offers VP8 first, or the
 * codec asked for. Retransmission and error-correction formats keep their place at the end.
 *
 * @template {{ mimeType: string }} C
 * @param {readonly C[]} codecs
 * @param {string} [first] for instance `vp9`
 * @returns {C[]}
 */
export function inOrder(codecs, first) {
  const wanted = first ? [`video/${first.toLowerCase()}`, ...VIDEO_ORDER] : VIDEO_ORDER;
  /** @param {C} codec */
  const rank = (codec) => {
    const place = wanted.indexOf(codec.mimeType.toLowerCase());
    return place < 0 ? wanted.length : place;
  };
  return codecs
    .map((codec, place) => ({ codec, place }))
    .sort((a, b) => rank(a.codec) - rank(b.codec) || a.place - b.place)
    .map(({ codec }) => codec);
}
