/**
 * The synthetic emulator: a complete emulator side of protocol v1 in Java, for tests and as the demonstration's
 * fallback. {@link org.macemu.webrtc.synthetic.SyntheticEmulator} runs inside a test,
 * {@link org.macemu.webrtc.synthetic.ForkedJvm#emulator} in a process of its own,
 * {@link org.macemu.webrtc.synthetic.HostileEmulator} misbehaves on purpose. Nothing of a server belongs here.
 */
package org.macemu.webrtc.synthetic;
