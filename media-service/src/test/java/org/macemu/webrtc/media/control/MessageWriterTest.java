package org.macemu.webrtc.media.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.control.ControlMessage.Key;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseMoveRelative;
import org.macemu.webrtc.api.control.ControlMessage.MouseWheel;
import org.macemu.webrtc.api.control.ControlMessage.ToEmulator;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.media.testing.GatedOutput;

/** What collapses, what does not, and where the queue ends. */
class MessageWriterTest {

    private final GatedOutput out = new GatedOutput();
    private final AtomicInteger failures = new AtomicInteger();
    private final MessageWriter<ToEmulator> writer =
            new MessageWriter<>(out, new JsonLines(), failures::incrementAndGet);

    @AfterEach
    void close() {
        out.open();
        writer.close();
    }

    /** The first message is in the write, so that the others wait. */
    private void hold() throws InterruptedException {
        writer.start();
        writer.offer(key(1, true));
        out.awaitWrite();
    }

    private String line(int index) {
        return new String(out.written.get(index), StandardCharsets.UTF_8).strip();
    }

    private static Key key(int code, boolean pressed) {
        return new Key(code, pressed, false, false, false, false, 0);
    }

    private static String move(int x, int y) {
        return "{\"type\":\"mouse_move\",\"x\":" + x + ",\"y\":" + y + "}";
    }

    @Test
    void movesCollapseBetweenButtonsAndKeysNeverAcross() throws Exception {
        hold();
        List<ToEmulator> sent = List.of(
                new MouseMove(1, 1),
                new MouseMove(2, 2),
                new MouseButton(2, 2, 0, true),
                new MouseMove(3, 3),
                new MouseMove(4, 4),
                new MouseMove(5, 5),
                new MouseButton(5, 5, 0, false),
                key(65, true),
                new MouseMove(6, 6),
                key(65, false));
        sent.forEach(writer::offer);
        out.open();
        Await.until(() -> "all lines: " + out.written.size(), () -> out.written.size() == 8);
        assertEquals(move(2, 2), line(1));
        assertTrue(line(2).contains("mouse_button"));
        assertEquals(move(5, 5), line(3));
        assertTrue(line(4).contains("mouse_button"));
        assertTrue(line(5).contains("\"code\":65,\"pressed\":true"));
        assertEquals(move(6, 6), line(6));
        assertTrue(line(7).contains("\"code\":65,\"pressed\":false"));
    }

    @Test
    void distancesAddUpAndAreBounded() throws Exception {
        hold();
        for (int i = 0; i < 10; i++) {
            writer.offer(new MouseMoveRelative(3, -2));
        }
        for (int i = 0; i < 10; i++) {
            writer.offer(new MouseWheel(0, 1));
        }
        writer.offer(new MouseMoveRelative(Short.MAX_VALUE, Short.MIN_VALUE));
        writer.offer(new MouseMoveRelative(Short.MAX_VALUE, Short.MIN_VALUE));
        out.open();
        Await.until(() -> "all lines: " + out.written.size(), () -> out.written.size() == 4);
        assertEquals("{\"type\":\"mouse_move\",\"dx\":30,\"dy\":-20}", line(1));
        assertEquals("{\"type\":\"mouse_wheel\",\"dx\":0,\"dy\":10}", line(2));
        assertEquals("{\"type\":\"mouse_move\",\"dx\":32767,\"dy\":-32768}", line(3));
    }

    @Test
    void aFullQueueIsAFailureAndDropsNothingSilently() throws Exception {
        hold();
        int taken = 0;
        while (writer.offer(key(1 + taken % 255, taken % 2 == 0))) {
            taken++;
            assertTrue(taken < 10_000, "the queue has no end");
        }
        assertEquals(1024, taken);
        assertEquals(1, failures.get());
        for (int i = 0; i < 1_000; i++) {
            writer.offer(new MouseMove(i, i));
        }
    }

    @Test
    void nothingIsTakenAfterTheEnd() throws Exception {
        writer.start();
        writer.close();
        assertFalse(writer.offer(new MouseMove(1, 1)));
        out.open();
        Thread.sleep(20);
        assertTrue(out.written.isEmpty());
    }

    @Test
    void delayIsThatOfTheInputThatWaited() throws Exception {
        assertTrue(Double.isNaN(writer.delayMillis()), "a figure before there was input");
        hold();
        Thread.sleep(60);
        out.open();
        Await.until("the delay of a message that was held up", () -> writer.delayMillis() >= 50);
    }
}
