/**
 * Watching without the page: the WebRTC-HTTP Egress Protocol (draft-ietf-wish-whep), for any player that speaks it.
 * Towards the media-service a player is a guest like any other; nothing here knows WebSockets.
 */
package org.macemu.webrtc.signaling.whep;
