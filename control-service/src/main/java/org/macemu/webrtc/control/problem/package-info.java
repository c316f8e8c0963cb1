/** What goes wrong, as everybody is told who asks over HTTP: RFC 9457 problem details with a stable type. */
package org.macemu.webrtc.control.problem;
