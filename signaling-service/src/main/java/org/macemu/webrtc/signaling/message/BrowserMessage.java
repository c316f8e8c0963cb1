package org.macemu.webrtc.signaling.message;

import com.fasterxml.jackson.databind.JsonNode;
import org.macemu.webrtc.api.grpc.ViewerMessage;

/** A message from a browser that passed every check. */
public sealed interface BrowserMessage {

    /** A new offer; candidates that follow belong to it. */
    record Offer(ViewerMessage message) implements BrowserMessage {}

    /** A candidate of the latest offer. */
    record Candidate(ViewerMessage message) implements BrowserMessage {}

    /** Mouse or keyboard, passed on as it came. */
    record Input(ViewerMessage message) implements BrowserMessage {}

    /** Asks for, gives up or hands over keyboard and mouse. */
    record Control(ViewerMessage message) implements BrowserMessage {}

    /** For the other viewers: a name, or where one points. */
    record Sharing(ViewerMessage message) implements BrowserMessage {}

    /** A heartbeat. {@code time} is the browser's and is returned to it unread; null when it sent none. */
    record Ping(JsonNode time) implements BrowserMessage {}
}
