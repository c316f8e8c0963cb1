/** What applies to every HTTP request, static files included: headers, host and cross-site checks, the last 404. */
package org.macemu.webrtc.control.web;
