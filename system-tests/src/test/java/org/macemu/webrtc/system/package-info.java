/** Tests of the whole product: packaged services as processes, an emulator, and a real browser. */
package org.macemu.webrtc.system;
