/** Configuration of the signaling-service, and the check of it that runs before the port is opened. */
package org.macemu.webrtc.signaling.config;
