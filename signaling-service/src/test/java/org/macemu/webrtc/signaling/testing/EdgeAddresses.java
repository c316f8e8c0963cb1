package org.macemu.webrtc.signaling.testing;

import java.util.HashMap;
import java.util.Map;

/** Two edges besides the media-service, which serves nobody that may as well be at an edge. */
public class EdgeAddresses extends MediaAddress {

    private static final int FIRST = freePort();
    private static final int SECOND = freePort();

    public static int first() {
        return FIRST;
    }

    public static int second() {
        return SECOND;
    }

    @Override
    public Map<String, String> start() {
        Map<String, String> settings = new HashMap<>(super.start());
        settings.put("macemu.placement.edges", "127.0.0.1:" + FIRST + ",127.0.0.1:" + SECOND);
        settings.put("macemu.placement.origin-viewers", "0");
        // No test here is about pings, and a busy machine may keep one waiting for a second.
        settings.put("macemu.media.ping-interval", "10s");
        settings.put("test.edges", FIRST + "," + SECOND);
        return settings;
    }
}
