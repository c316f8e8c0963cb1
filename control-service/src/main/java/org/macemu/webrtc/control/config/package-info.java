/** Configuration of the control-service, and the check of it that runs before the port is opened. */
package org.macemu.webrtc.control.config;
