package org.macemu.webrtc.media.lane.adaptive;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Small changes to the browser's offer that libwebrtc reads as instructions for what it sends. */
final class OfferSdp {

    private static final Pattern VP8 = Pattern.compile("(?m)^a=rtpmap:(\\d{1,3}) VP8/90000\\r?$");

    private OfferSdp() {}

    /**
     * Lets the bandwidth estimate start at {@code kilobits}, by the format parameter {@code x-google-start-bitrate} of
     * VP8; without it the first seconds are blurred.
     */
    static String withStartBitrate(String sdp, int kilobits) {
        Matcher rtpmap = VP8.matcher(sdp);
        if (!rtpmap.find() || sdp.contains("a=fmtp:" + rtpmap.group(1) + " ")) {
            return sdp;
        }
        String line = "\r\na=fmtp:" + rtpmap.group(1) + " x-google-start-bitrate=" + kilobits;
        int end = rtpmap.end();
        if (end > 0 && sdp.charAt(end - 1) == '\r') {
            end--;
        }
        return sdp.substring(0, end) + line + sdp.substring(end);
    }
}
