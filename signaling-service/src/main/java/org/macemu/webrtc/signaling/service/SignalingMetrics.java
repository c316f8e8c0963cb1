package org.macemu.webrtc.signaling.service;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/** The counters of this service. Label values come from fixed sets, never from a browser. Thread-safe. */
@Singleton
public class SignalingMetrics {

    private final MeterRegistry registry;
    private final ConcurrentMap<String, Counter> counters = new ConcurrentHashMap<>();

    @Inject
    SignalingMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Registers the gauge of open WebSockets. */
    void browsers(Supplier<Number> count) {
        // Nobody else may hold the supplier: without a strong reference the gauge is gone with the next collection.
        Gauge.builder("macemu_signaling_browsers", count).strongReference(true).register(registry);
    }

    /** Registers the gauge of WHEP sessions. */
    public void whepSessions(Supplier<Number> count) {
        Gauge.builder("macemu_signaling_whep_sessions", count).strongReference(true).register(registry);
    }

    /** A message from a browser, by kind: offer, candidate, input, ping; an offer of a player: whep_offer. */
    public void received(String kind) {
        counter("macemu_signaling_messages_received", "type", kind).increment();
    }

    /** A message to a browser, by kind: welcome, answer, candidate, state, error, goodbye, pong. */
    void sent(String kind) {
        counter("macemu_signaling_messages_sent", "type", kind).increment();
    }

    /** An {@code error} this service sent, by code. */
    void error(String code) {
        counter("macemu_signaling_errors", "code", code).increment();
    }

    /** A WebSocket this service closed, by reason. */
    void closed(String reason) {
        counter("macemu_signaling_closed", "reason", reason).increment();
    }

    /** An upgrade refused, by reason. */
    public void refused(String reason) {
        counter("macemu_signaling_refused", "reason", reason).increment();
    }

    /** A Connect call that did not survive or did not come about. */
    void mediaLost() {
        counter("macemu_signaling_media_lost", "peer", "media-service").increment();
    }

    private Counter counter(String name, String label, String value) {
        return counters.computeIfAbsent(
                name + '/' + value, key -> Counter.builder(name).tag(label, value).register(registry));
    }
}
