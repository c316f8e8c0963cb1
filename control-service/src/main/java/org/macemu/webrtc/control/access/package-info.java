/** Who is asking: tokens of requests, the rules of the endpoints, the audit log. */
package org.macemu.webrtc.control.access;
