package org.macemu.webrtc.media.lane.adaptive;

/**
 * Settings of the adaptive lane.
 *
 * @param maxViewers each costs about a tenth of a core at 640x480 and 30 frames per second
 * @param startKilobits bit rate a connection starts with, before its network is known, kbit/s
 * @param maxKilobits highest bit rate of a picture, kbit/s
 * @param minPort lowest local UDP port, 0 for any
 * @param maxPort highest local UDP port, 0 for any
 */
public record AdaptiveLaneSettings(int maxViewers, int startKilobits, int maxKilobits, int minPort, int maxPort) {}
