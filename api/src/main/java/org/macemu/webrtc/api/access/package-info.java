/** Who may do what: roles, and the signed tokens that carry them. Shared by the services that people reach. */
package org.macemu.webrtc.api.access;
