/** The messages of the WebSocket: their JSON form, their limits, their translation to and from the gRPC contract. */
package org.macemu.webrtc.signaling.message;
