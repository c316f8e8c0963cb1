/** Configuration of the signaling-service. */
package org.macemu.webrtc.signaling.config;
