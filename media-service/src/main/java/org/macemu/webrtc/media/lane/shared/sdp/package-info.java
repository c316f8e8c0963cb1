/**
 * Offers of browsers and our answers (RFC 8866, RFC 8829): only what the shared lane needs of them. Offers are hostile
 * text. Stateless; any thread.
 */
package org.macemu.webrtc.media.lane.shared.sdp;
