/**
 * The media-service: the only place where media flows. It owns the segments, the control socket, the encoders and every
 * peer connection.
 *
 * <p>The hot path, in order: {@link org.macemu.webrtc.media.capture.VideoCapture} reads the segment and drops what did
 * not change, then hands the picture to each {@link org.macemu.webrtc.media.lane.Lane} that has viewers.
 * {@link org.macemu.webrtc.media.capture.AudioCapture} does the same for sound. Input takes the way back:
 * {@link org.macemu.webrtc.media.input.InputRouter} to {@link org.macemu.webrtc.media.control.EmulatorLink}. Which
 * emulators there are is known to {@link org.macemu.webrtc.media.emulator} alone.
 */
package org.macemu.webrtc.media;
