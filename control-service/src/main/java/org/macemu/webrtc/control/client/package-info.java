/** The media-service as a gRPC peer. Nothing here knows about HTTP status codes. */
package org.macemu.webrtc.control.client;
