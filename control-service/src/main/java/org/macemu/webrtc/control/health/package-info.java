/** Liveness, readiness and start-up checks. */
package org.macemu.webrtc.control.health;
