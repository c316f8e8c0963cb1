package org.macemu.webrtc.media.lane.shared;

import java.util.List;

/**
 * Settings of the shared lane.
 *
 * @param rtcPort UDP and TCP port for all viewers; 0: a free one
 * @param bindAddresses addresses to listen on; {@code ::} covers IPv4 too
 * @param advertisedAddresses addresses or host names browsers reach this machine at; empty: discovered
 * @param minKilobits lower bound of the video rate, kbit/s
 * @param startKilobits video rate at start, kbit/s
 * @param maxKilobits upper bound of the video rate, kbit/s
 * @param audioBitsPerSecond rate of the sound
 * @param videoHistory packets kept for resends and joiners, a power of two; 4,096 of 1,200 bytes are 5 MB
 * @param audioHistory packets of 20 ms kept, a power of two
 * @param catchUpPackets a joiner is sent at most this many packets from the history; beyond that a key frame is
 *     cheaper for everyone
 * @param maxViewers viewers at the same time
 * @param concurrentHandshakes DTLS handshakes computing at the same time
 * @param temporalLayers 1 or 2
 * @param followController whether the network of whoever holds the controls, or watches alone, steers the video rate
 */
public record SharedLaneSettings(
        int rtcPort,
        List<String> bindAddresses,
        List<String> advertisedAddresses,
        int minKilobits,
        int startKilobits,
        int maxKilobits,
        int audioBitsPerSecond,
        int videoHistory,
        int audioHistory,
        int catchUpPackets,
        int maxViewers,
        int concurrentHandshakes,
        int temporalLayers,
        boolean followController) {

    public static final int DEFAULT_PORT = 8189;

    public SharedLaneSettings {
        bindAddresses = List.copyOf(bindAddresses);
        advertisedAddresses = List.copyOf(advertisedAddresses);
        check("rtcPort", rtcPort, 0, 65_535);
        check("minKilobits", minKilobits, 50, 100_000);
        check("maxKilobits", maxKilobits, minKilobits, 100_000);
        check("startKilobits", startKilobits, minKilobits, maxKilobits);
        check("audioBitsPerSecond", audioBitsPerSecond, 6_000, 510_000);
        check("videoHistory", videoHistory, 512, 32_768);
        check("audioHistory", audioHistory, 32, 1_024);
        check("catchUpPackets", catchUpPackets, 0, videoHistory / 2);
        check("maxViewers", maxViewers, 1, 10_000);
        check("concurrentHandshakes", concurrentHandshakes, 1, 64);
        check("temporalLayers", temporalLayers, 1, 2);
    }

    /** The defaults: all interfaces, discovered addresses. */
    public static SharedLaneSettings defaults() {
        return new SharedLaneSettings(
                DEFAULT_PORT,
                List.of("0.0.0.0", "::"),
                List.of(),
                300,
                2_000,
                4_000,
                96_000,
                4_096,
                128,
                2_000,
                500,
                Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
                1,
                true);
    }

    /** These settings on other addresses. */
    public SharedLaneSettings at(int port, List<String> bind, List<String> advertised) {
        return new SharedLaneSettings(
                port, bind, advertised, minKilobits, startKilobits, maxKilobits, audioBitsPerSecond, videoHistory,
                audioHistory, catchUpPackets, maxViewers, concurrentHandshakes, temporalLayers,
                followController);
    }

    private static void check(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "shared lane: " + name + " is " + value + "; " + min + " to " + max + " was expected");
        }
    }
}
