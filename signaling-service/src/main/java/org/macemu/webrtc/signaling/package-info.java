/**
 * The signaling-service: one WebSocket per browser, one gRPC call to the media-service for each of them.
 *
 * <p>Packages: {@code rest} (what listens: the WebSocket and the checks before the upgrade), {@code service} (the state
 * of one browser's session), {@code message} (JSON to protobuf and back), {@code client} (the media-service as seen
 * from here), {@code config}, {@code health}. No media, no SDP semantics and no emulator protocol belong here: they are
 * the media-service's.
 */
package org.macemu.webrtc.signaling;
