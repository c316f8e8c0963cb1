/**
 * What tests of several packages share: a browser of its own kind, a call to the service, names that collide with
 * nobody.
 */
package org.macemu.webrtc.media.testing;
