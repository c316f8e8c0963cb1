/** Configuration of the control-service. */
package org.macemu.webrtc.control.config;
