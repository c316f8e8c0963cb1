/**
 * What the system tests stand on: the product's processes, a real browser, probes of picture and sound, and waiting
 * that says what is missing. No assertion about the product belongs here.
 */
package org.macemu.webrtc.system.harness;
