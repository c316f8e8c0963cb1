/**
 * Which media-service serves a viewer: the origin, beside the emulator, or one of its edges. Nothing here knows about
 * WebSockets; without edges everybody goes to the origin and nobody is asked anything.
 */
package org.macemu.webrtc.signaling.placement;
