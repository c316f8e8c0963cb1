/** Sessions: one per browser, confined to that browser's event loop; and the registry of them. */
package org.macemu.webrtc.signaling.service;
