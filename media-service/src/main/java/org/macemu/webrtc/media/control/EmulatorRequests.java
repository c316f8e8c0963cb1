package org.macemu.webrtc.media.control;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.macemu.webrtc.api.control.ControlMessage;
import org.macemu.webrtc.api.control.ControlMessage.Ack;
import org.macemu.webrtc.api.control.ControlMessage.Config;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.control.ControlMessage.GetConfig;
import org.macemu.webrtc.api.control.ControlMessage.GetLog;
import org.macemu.webrtc.api.control.ControlMessage.GetStatus;
import org.macemu.webrtc.api.control.ControlMessage.GetStorage;
import org.macemu.webrtc.api.control.ControlMessage.Log;
import org.macemu.webrtc.api.control.ControlMessage.Request;
import org.macemu.webrtc.api.control.ControlMessage.Restart;
import org.macemu.webrtc.api.control.ControlMessage.SetConfig;
import org.macemu.webrtc.api.control.ControlMessage.Shutdown;
import org.macemu.webrtc.api.control.ControlMessage.Status;
import org.macemu.webrtc.api.control.ControlMessage.Storage;
import org.macemu.webrtc.media.control.EmulatorException.Reason;

/**
 * Asks the emulator things and finds the answers among its lines. The protocol has no request numbers, so requests go
 * out one at a time, and the next message of the fitting type, or an error, is the answer.
 *
 * <p>A request that was not answered in time leaves an answer owed, which must not be taken for that of a later request
 * of the same kind: emulators answer in order, so the first fitting line settles the debt, and the second one counts.
 * An answer to anything asked later settles it too, because the owed one can only come before it. A {@code status} is
 * never owed: it is also sent unasked, and a late one is as good as any.
 */
public final class EmulatorRequests {

    /** Requests that may wait their turn: people click, programs poll; more than this is neither. */
    private static final int CAPACITY = 64;

    private record Pending(Request request, CompletableFuture<FromEmulator> answer) {}

    /** The request that ran out of time and whose answer may still come; at most one at a time. */
    private Request owed;

    /** Whether a line that fits was taken for the owed answer while {@link #asked} waited. */
    private boolean settledWhileAsked;

    private final Predicate<Request> send;
    private final Duration timeout;
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private Pending asked;

    /**
     * @param send gives a request to the emulator; false when none is connected
     * @param timeout from when somebody asks until the answer, the wait for earlier requests included
     */
    public EmulatorRequests(Predicate<Request> send, Duration timeout) {
        this.send = send;
        this.timeout = timeout;
    }

    /** Asks; the future fails with {@link EmulatorException}. */
    public CompletableFuture<FromEmulator> ask(Request request) {
        Pending pending = new Pending(request, new CompletableFuture<>());
        synchronized (this) {
            if (waiting.size() >= CAPACITY) {
                pending.answer.completeExceptionally(new EmulatorException(
                        Reason.TIMEOUT, CAPACITY + " requests wait for the emulator already; try again later"));
                return pending.answer;
            }
            waiting.addLast(pending);
        }
        CompletableFuture<Boolean> expiry =
                new CompletableFuture<Boolean>().completeOnTimeout(true, timeout.toMillis(), TimeUnit.MILLISECONDS);
        expiry.thenAccept(expired -> {
            if (expired) {
                abandon(pending, late(request));
            }
        });
        pending.answer.whenComplete((answer, failure) -> expiry.complete(false));
        advance();
        return pending.answer;
    }

    private EmulatorException late(Request request) {
        return new EmulatorException(
                Reason.TIMEOUT,
                "The emulator did not answer " + request.type() + " within " + timeout.toMillis() + " ms");
    }

    /**
     * Fails a request that has no answer yet, and lets the next one go out. It is off the books before anybody learns of
     * the failure: who asks again at once must not stand behind it.
     */
    private void abandon(Pending pending, EmulatorException failure) {
        synchronized (this) {
            if (asked == pending) {
                asked = null;
                // When a debt was settled meanwhile, that line was most likely the answer to this one: an emulator that
                // lost one request must not be misread for ever.
                owed = settledWhileAsked || pending.request instanceof GetStatus ? null : pending.request;
            } else if (!waiting.remove(pending)) {
                return;
            }
        }
        pending.answer.completeExceptionally(failure);
        advance();
    }

    /** Takes a line of the emulator; one that answers nothing is left to others. */
    public void received(FromEmulator message) {
        Pending answered;
        synchronized (this) {
            if (owed != null && answers(owed, message)) {
                owed = null;
                settledWhileAsked = asked != null;
                return;
            }
            if (asked == null || !answers(asked.request, message)) {
                return;
            }
            answered = asked;
            asked = null;
            if (!(answered.request instanceof GetStatus)) {
                owed = null;
            }
        }
        if (message instanceof ControlMessage.Error error) {
            answered.answer.completeExceptionally(new EmulatorException(Reason.REFUSED, error.message()));
        } else {
            answered.answer.complete(message);
        }
        advance();
    }

    /** Fails what is under way: the emulator is gone. */
    public void disconnected() {
        List<Pending> failed = new ArrayList<>();
        synchronized (this) {
            owed = null;
            if (asked != null) {
                failed.add(asked);
                asked = null;
            }
            failed.addAll(waiting);
            waiting.clear();
        }
        failed.forEach(p -> p.answer.completeExceptionally(notConnected()));
    }

    private void advance() {
        Pending next;
        synchronized (this) {
            if (asked != null || waiting.isEmpty()) {
                return;
            }
            next = asked = waiting.pollFirst();
            settledWhileAsked = false;
        }
        if (!send.test(next.request)) {
            abandon(next, notConnected());
        }
    }

    private static boolean answers(Request request, FromEmulator message) {
        if (message instanceof ControlMessage.Error) {
            return true;
        }
        return switch (request) {
            case GetConfig g -> message instanceof Config;
            case GetStorage g -> message instanceof Storage;
            case GetStatus g -> message instanceof Status;
            case GetLog g -> message instanceof Log;
            case SetConfig s -> message instanceof Ack;
            case Restart r -> message instanceof Ack;
            case Shutdown s -> message instanceof Ack;
        };
    }

    private static EmulatorException notConnected() {
        return new EmulatorException(Reason.NOT_CONNECTED, "No emulator is connected to the control socket");
    }
}
