/**
 * From shared memory to private memory: waiting for the emulator, reading without tearing, finding out whether anything
 * changed, bringing sound to one rate. Nothing here knows about codecs or viewers.
 */
package org.macemu.webrtc.media.capture;
