/**
 * Ways for pictures and sound to reach viewers, behind one interface. {@code shared} encodes once for everybody;
 * {@code adaptive} gives each viewer an encoder and congestion control of its own.
 */
package org.macemu.webrtc.media.lane;
