package org.macemu.webrtc.media.lane.shared.transport;

import java.net.InetAddress;

/**
 * An address browsers are told to find the media port at.
 *
 * @param tcp whether the port is there on TCP, too
 */
public record AdvertisedAddress(InetAddress address, boolean tcp) {

    @Override
    public String toString() {
        return address.getHostAddress();
    }
}
