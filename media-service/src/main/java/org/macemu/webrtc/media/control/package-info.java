/**
 * The socket on which the emulator connects: accepting it, framing its lines, asking it things and giving it input.
 * What the messages are is in {@code api}; who may send input is in {@link org.macemu.webrtc.media.input}.
 */
package org.macemu.webrtc.media.control;
