/**
 * The emulators that can be plugged in: an {@link org.macemu.webrtc.media.emulator.EmulatorPort} for each way in which
 * segments and socket are found. Layouts of segments are data, in {@code org.macemu.webrtc.api.shm}.
 */
package org.macemu.webrtc.media.emulator;
