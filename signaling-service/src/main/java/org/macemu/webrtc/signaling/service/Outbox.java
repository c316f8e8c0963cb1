package org.macemu.webrtc.signaling.service;

import io.quarkus.websockets.next.WebSocketConnection;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The bounded queue of messages on their way to one browser: those written and not yet taken by its socket.
 * Confined to the browser's event loop.
 */
final class Outbox {

    /**
     * A browser gets an answer and some tens of candidates per offer, a state per change and a pong per ping. One that
     * has not read 256 of them is not coming back.
     */
    static final int MAX_MESSAGES = 256;

    /** Characters. Eight of the greatest answers (64 KiB), so that 1,000 stuck browsers hold at most 0.5 GB. */
    static final int MAX_CHARACTERS = 8 * 64 * 1024;

    private record Pending(int characters, long sinceNanos) {}

    private final WebSocketConnection connection;
    private final Deque<Pending> pending = new ArrayDeque<>();
    private int characters;

    Outbox(WebSocketConnection connection) {
        this.connection = connection;
    }

    /** Sends a message; false, and nothing sent, when the browser has not taken too many before it. */
    boolean send(String message) {
        if (pending.size() >= MAX_MESSAGES || characters + message.length() > MAX_CHARACTERS) {
            return false;
        }
        pending.add(new Pending(message.length(), System.nanoTime()));
        characters += message.length();
        // Completions arrive in the order of the writes. A failed write means a closed socket: @OnClose follows.
        connection.sendText(message).subscribe().with(ignored -> taken(), failure -> taken());
        return true;
    }

    private void taken() {
        Pending first = pending.poll();
        if (first != null) {
            characters -= first.characters();
        }
    }

    /** How long the oldest message has been waiting for the browser's socket; 0 when none is. */
    long waitingNanos() {
        Pending first = pending.peek();
        return first == null ? 0 : System.nanoTime() - first.sinceNanos();
    }
}
