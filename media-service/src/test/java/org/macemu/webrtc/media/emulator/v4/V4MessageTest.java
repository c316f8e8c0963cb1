package org.macemu.webrtc.media.emulator.v4;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.macemu.webrtc.api.control.ControlMessage.Input;
import org.macemu.webrtc.api.control.ControlMessage.MouseButton;
import org.macemu.webrtc.api.control.ControlMessage.MouseMove;
import org.macemu.webrtc.api.control.ControlMessage.MouseMoveRelative;
import org.macemu.webrtc.media.control.MessageWriter;
import org.macemu.webrtc.media.testing.Await;
import org.macemu.webrtc.media.testing.GatedOutput;

/** What an emulator that was busy for a while is told of the mouse afterwards. */
class V4MessageTest {

    /** What is written of these, x, y and buttons each, when all of them waited; the mode is set before. */
    private static List<String> told(boolean absolute, Input... inputs) throws Exception {
        GatedOutput out = new GatedOutput();
        MessageWriter<V4Message> writer = new MessageWriter<>(out, new V4Message.Format(), () -> {});
        V4Input translation = new V4Input();
        Input first = absolute ? new MouseMove(0, 0) : new MouseMoveRelative(0, 0);
        List<V4Message> start = translation.translate(first);
        try {
            writer.start();
            writer.offer(start.getFirst());
            out.awaitWrite();
            for (Input input : inputs) {
                translation.translate(input).forEach(writer::offer);
            }
            // Behind the others, so that all of them were written when it was.
            writer.offer(new V4Message.Command(V4Message.COMMAND_RESET));
            out.open();
            Await.until(
                    () -> "the last of " + out.written.size(),
                    () -> !out.written.isEmpty() && out.written.getLast()[0] == 3);
        } finally {
            out.open();
            writer.close();
        }
        List<String> words = new ArrayList<>();
        for (byte[] bytes : out.written.subList(1, out.written.size() - 1)) {
            ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            words.add(b.getShort(4) + "," + b.getShort(6) + " " + b.get(8));
        }
        return words;
    }

    @Test
    void aClickStaysWhereItWas() throws Exception {
        assertEquals(
                List.of("2,2 0", "3,3 1", "9,9 1", "9,9 0", "12,12 0"),
                told(
                        true,
                        new MouseMove(1, 1),
                        new MouseMove(2, 2),
                        new MouseButton(3, 3, 0, true),
                        new MouseMove(8, 8),
                        new MouseMove(9, 9),
                        new MouseButton(9, 9, 0, false),
                        new MouseMove(11, 11),
                        new MouseMove(12, 12)));
    }

    @Test
    void distancesAddUpBetweenClicks() throws Exception {
        assertEquals(
                List.of("3,-3 0", "0,0 1", "7,0 1", "0,0 0"),
                told(
                        false,
                        new MouseMoveRelative(1, -1),
                        new MouseMoveRelative(2, -2),
                        new MouseButton(0, 0, 0, true),
                        new MouseMoveRelative(3, 0),
                        new MouseMoveRelative(4, 0),
                        new MouseButton(0, 0, 0, false)));
    }
}
