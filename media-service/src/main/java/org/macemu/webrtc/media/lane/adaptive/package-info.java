/**
 * The adaptive lane: one libwebrtc peer connection per viewer through webrtc-java, each with its own encoder and
 * congestion control. Everything that touches that library is in this package.
 */
package org.macemu.webrtc.media.lane.adaptive;
