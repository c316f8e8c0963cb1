/** The gRPC face of the session; thin: each call is translated and handed on. */
package org.macemu.webrtc.media.grpc;
