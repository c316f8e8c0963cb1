/**
 * The newline-delimited JSON of the control socket: its messages as types, and their bytes. Who sends what and when
 * belongs to media-service and to the emulators.
 */
package org.macemu.webrtc.api.control;
