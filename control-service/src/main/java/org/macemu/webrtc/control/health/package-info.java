/** The readiness check; liveness and start are checked by {@link org.macemu.webrtc.api.http}. */
package org.macemu.webrtc.control.health;
