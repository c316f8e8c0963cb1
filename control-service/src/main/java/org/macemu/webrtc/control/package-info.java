/**
 * The control-service: serves the web client and the REST API.
 *
 * <p>Packages: {@code rest} (resources and their JSON), {@code web} (what applies to every HTTP request: headers, host
 * and cross-site checks, routes outside REST), {@code service} (rules about requests), {@code client} (the
 * media-service as seen from here), {@code config}, {@code health}. Media and signalling belong elsewhere, and so does
 * the emulator's protocol: the media-service speaks it.
 */
package org.macemu.webrtc.control;
