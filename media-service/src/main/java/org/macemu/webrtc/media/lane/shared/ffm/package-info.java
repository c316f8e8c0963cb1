/**
 * Bindings of the C libraries the shared lane encodes with, through the foreign-function API: libvpx (VP8), libopus and
 * libyuv. Every size is validated here, before it reaches C: a caller's mistake is an exception, never a crash.
 * Nothing here knows about RTP or viewers.
 */
package org.macemu.webrtc.media.lane.shared.ffm;
