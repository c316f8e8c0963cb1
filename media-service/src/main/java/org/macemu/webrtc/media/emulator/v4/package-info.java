/**
 * Emulators of protocol v4 ("MEM4"), which own segment and socket: {@code V4Search} finds one, {@code V4Link} connects to
 * it, {@code V4Input} says in its messages what viewers do.
 */
package org.macemu.webrtc.media.emulator.v4;
