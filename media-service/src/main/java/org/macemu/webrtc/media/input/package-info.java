/** From a viewer's input messages to the emulator: validation, what is held down and by whom. */
package org.macemu.webrtc.media.input;
