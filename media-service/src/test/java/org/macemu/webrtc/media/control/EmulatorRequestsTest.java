package org.macemu.webrtc.media.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.control.ControlMessage.Ack;
import org.macemu.webrtc.api.control.ControlMessage.Error;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.control.ControlMessage.GetConfig;
import org.macemu.webrtc.api.control.ControlMessage.GetStatus;
import org.macemu.webrtc.api.control.ControlMessage.GetStorage;
import org.macemu.webrtc.api.control.ControlMessage.Request;
import org.macemu.webrtc.api.control.ControlMessage.Restart;
import org.macemu.webrtc.api.control.ControlMessage.Shutdown;
import org.macemu.webrtc.api.control.ControlMessage.Status;
import org.macemu.webrtc.api.control.ControlMessage.Storage;
import org.macemu.webrtc.media.control.EmulatorException.Reason;

/** Questions, one at a time, and answers that come, fail to come, or come from nowhere. */
class EmulatorRequestsTest {

    private static final Storage STORAGE = new Storage(List.of("a.rom"), List.of());

    private final List<Request> sent = new CopyOnWriteArrayList<>();
    private volatile boolean connected = true;

    private EmulatorRequests requests(long timeoutMillis) {
        return new EmulatorRequests(
                request -> {
                    if (connected) {
                        sent.add(request);
                    }
                    return connected;
                },
                Duration.ofMillis(timeoutMillis));
    }

    private static Reason reason(CompletableFuture<FromEmulator> answer) {
        ExecutionException e = assertThrows(ExecutionException.class, () -> answer.get(5, TimeUnit.SECONDS));
        return assertInstanceOf(EmulatorException.class, e.getCause()).reason();
    }

    @Test
    void asksOneAtATimeAndTakesTheFittingAnswer() throws Exception {
        EmulatorRequests requests = requests(5_000);
        CompletableFuture<FromEmulator> storage = requests.ask(new GetStorage());
        CompletableFuture<FromEmulator> restart = requests.ask(new Restart());
        assertEquals(List.of(new GetStorage()), sent);
        requests.received(new Ack());
        assertFalse(storage.isDone(), "an ack is no storage");
        requests.received(STORAGE);
        assertEquals(STORAGE, storage.get());
        assertEquals(2, sent.size());
        assertFalse(restart.isDone());
        requests.received(new Ack());
        assertEquals(new Ack(), restart.get());
        requests.received(new Ack());
    }

    @Test
    void anErrorLineRefuses() {
        EmulatorRequests requests = requests(5_000);
        CompletableFuture<FromEmulator> answer = requests.ask(new GetConfig());
        requests.received(new Error("no"));
        assertEquals(Reason.REFUSED, reason(answer));
    }

    @Test
    void nobodyIsAskedWhenNobodyIsThere() {
        connected = false;
        assertEquals(Reason.NOT_CONNECTED, reason(requests(5_000).ask(new GetConfig())));
    }

    @Test
    void anEmulatorThatGoesFailsEverythingAtOnce() {
        EmulatorRequests requests = requests(60_000);
        List<CompletableFuture<FromEmulator>> answers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            answers.add(requests.ask(new GetConfig()));
        }
        requests.disconnected();
        answers.forEach(a -> assertEquals(Reason.NOT_CONNECTED, reason(a)));
        CompletableFuture<FromEmulator> next = requests.ask(new GetStorage());
        requests.received(STORAGE);
        assertTrue(next.isDone(), "the next emulator is asked at once");
    }

    /** The queue does not add the time-outs up: nobody waits for longer than one. */
    @Test
    void everybodyWaitsOneTimeoutAtMost() {
        EmulatorRequests requests = requests(150);
        long begin = System.nanoTime();
        List<CompletableFuture<FromEmulator>> answers = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            answers.add(requests.ask(new GetConfig()));
        }
        answers.forEach(a -> assertEquals(Reason.TIMEOUT, reason(a)));
        assertTrue(System.nanoTime() - begin < 3_000_000_000L, "60 requests took longer than 3 s to fail");
        CompletableFuture<FromEmulator> next = requests.ask(new GetStorage());
        requests.received(STORAGE);
        assertTrue(next.isDone(), "the emulator may answer again");
    }

    @Test
    void theQueueHasAnEnd() {
        EmulatorRequests requests = requests(60_000);
        List<CompletableFuture<FromEmulator>> answers = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            answers.add(requests.ask(new GetConfig()));
        }
        assertTrue(answers.stream().noneMatch(CompletableFuture::isDone));
        assertEquals(Reason.TIMEOUT, reason(requests.ask(new GetConfig())));
        requests.disconnected();
    }

    private CompletableFuture<FromEmulator> timedOut(EmulatorRequests requests, Request request) {
        CompletableFuture<FromEmulator> answer = requests.ask(request);
        assertEquals(Reason.TIMEOUT, reason(answer));
        return answer;
    }

    @Test
    void aLateAckDoesNotAnswerTheNextRequestOfItsKind() throws Exception {
        EmulatorRequests requests = requests(300);
        timedOut(requests, new Restart());
        CompletableFuture<FromEmulator> shutdown = requests.ask(new Shutdown());
        requests.received(new Ack());
        assertFalse(shutdown.isDone(), "that was the ack of the restart");
        requests.received(new Ack());
        assertEquals(new Ack(), shutdown.get(5, TimeUnit.SECONDS));
    }

    @Test
    void aLateAnswerThatComesBeforeTheNextRequestIsDropped() {
        EmulatorRequests requests = requests(200);
        timedOut(requests, new Restart());
        requests.received(new Ack());
        CompletableFuture<FromEmulator> shutdown = requests.ask(new Shutdown());
        requests.received(new Ack());
        assertTrue(shutdown.isDone(), "the late ack came before this was asked");
    }

    @Test
    void aLateErrorIsNotTheNextRequestsEither() throws Exception {
        EmulatorRequests requests = requests(300);
        timedOut(requests, new GetConfig());
        CompletableFuture<FromEmulator> restart = requests.ask(new Restart());
        requests.received(new Error("no preferences"));
        assertFalse(restart.isDone());
        requests.received(new Ack());
        assertEquals(new Ack(), restart.get(5, TimeUnit.SECONDS));
    }

    @Test
    void anAnswerToALaterRequestOfAnotherKindSettlesWhatIsOwed() {
        EmulatorRequests requests = requests(200);
        timedOut(requests, new Restart());
        CompletableFuture<FromEmulator> storage = requests.ask(new GetStorage());
        requests.received(STORAGE);
        assertTrue(storage.isDone());
        CompletableFuture<FromEmulator> shutdown = requests.ask(new Shutdown());
        requests.received(new Ack());
        assertTrue(shutdown.isDone(), "the restart was lost: emulators answer in order");
    }

    /** One request that the emulator lost costs one more request, and no others. */
    @Test
    void aLostRequestIsNotMisreadForEver() {
        EmulatorRequests requests = requests(200);
        timedOut(requests, new Restart());
        CompletableFuture<FromEmulator> second = requests.ask(new Restart());
        requests.received(new Ack());
        assertEquals(Reason.TIMEOUT, reason(second));
        CompletableFuture<FromEmulator> third = requests.ask(new Restart());
        requests.received(new Ack());
        assertTrue(third.isDone());
    }

    @Test
    void nothingIsOwedByTheNextEmulator() {
        EmulatorRequests requests = requests(200);
        timedOut(requests, new Restart());
        requests.disconnected();
        CompletableFuture<FromEmulator> restart = requests.ask(new Restart());
        requests.received(new Ack());
        assertTrue(restart.isDone());
    }

    @Test
    void aStatusIsNeverOwed() {
        EmulatorRequests requests = requests(200);
        timedOut(requests, new GetStatus());
        CompletableFuture<FromEmulator> status = requests.ask(new GetStatus());
        requests.received(new Status(true, 60, JsonNodeFactory.instance.objectNode()));
        assertTrue(status.isDone());
    }

    @Test
    void whoAsksAgainAtOnceIsNextInLine() {
        EmulatorRequests requests = requests(200);
        boolean answered = requests.ask(new GetStatus())
                .handle((none, failure) -> {
                    CompletableFuture<FromEmulator> again = requests.ask(new GetStatus());
                    requests.received(new Status(true, 60, JsonNodeFactory.instance.objectNode()));
                    return again.isDone();
                })
                .join();
        assertTrue(answered, "it stood behind the request that had just failed");
    }
}
