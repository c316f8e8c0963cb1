/** What the tests of more than one module need, in this module's test artifact. */
package org.macemu.webrtc.testing;
