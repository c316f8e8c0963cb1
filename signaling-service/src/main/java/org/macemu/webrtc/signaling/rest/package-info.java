/**
 * What the outside can reach: the WebSocket endpoint and the checks before its upgrade. Nothing is decided here beyond
 * admission; every message goes to the browser's session in {@code service}.
 */
package org.macemu.webrtc.signaling.rest;
