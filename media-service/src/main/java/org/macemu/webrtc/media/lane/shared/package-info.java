/**
 * The shared lane: pictures and sound are encoded once and fanned out to every viewer.
 *
 * <pre>
 * capture thread   video()  -> encode/VideoEncoder -> EncodedFrame --+
 * audio thread     audio()  -> encode/AudioEncoder -> EncodedSound --+--> event loop
 * event loop       FanOut: rtp/ packetizers -> PacketHistory -> per viewer: copy, numbers, SRTP, one write
 *                  transport/: checks, handshakes, RTCP of all viewers
 * </pre>
 *
 * A viewer is a cursor into the shared history: a slow one falls behind on its own and never delays anyone. What is in
 * this package decides who is sent what, and when; how bytes look and travel is in the packages below.
 */
package org.macemu.webrtc.media.lane.shared;
