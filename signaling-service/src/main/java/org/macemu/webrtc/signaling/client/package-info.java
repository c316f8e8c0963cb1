/** The media-service as a gRPC peer. Nothing here knows about WebSockets or JSON. */
package org.macemu.webrtc.signaling.client;
