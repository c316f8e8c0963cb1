/**
 * The session: one emulator and its audience. Who is here, on which lane, and when capture runs. Knows lanes and
 * capture by their interfaces, and nothing of gRPC beyond its messages.
 */
package org.macemu.webrtc.media.session;
