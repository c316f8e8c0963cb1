package org.macemu.webrtc.media.control;

/**
 * The process at the other end of the control socket, as the kernel says.
 *
 * @param pid process id; 0 when it lives in another process namespace
 * @param uid its user
 */
public record EmulatorPeer(int pid, int uid) {}
