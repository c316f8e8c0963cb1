/**
 * Captured pictures and sound to encoded frames, once for all viewers: colour conversion, VP8, Opus, and the decision
 * what need not be encoded at all. Runs on the capture threads. Nothing here knows about RTP packets or viewers.
 */
package org.macemu.webrtc.media.lane.shared.encode;
