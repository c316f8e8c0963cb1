/**
 * The connection to the emulator: writing to it, asking it things and giving it input, and the socket of version 1, on
 * which it connects.
 * What the messages are is in {@code api}; who may send input is in {@link org.macemu.webrtc.media.input}.
 */
package org.macemu.webrtc.media.control;
