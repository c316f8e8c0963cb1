package org.macemu.webrtc.api.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineBufferTest {

    /** What came out: lines as text, "#limit" for one that was too long. */
    private static final class Collected implements LineBuffer.Lines {
        private final List<String> lines = new ArrayList<>();
        private long bytes;

        @Override
        public void line(byte[] line) {
            bytes += line.length;
            lines.add(new String(line, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void tooLong(int limit) {
            lines.add("#" + limit);
        }
    }

    private static List<String> feed(int limit, byte[] bytes, int piece) {
        LineBuffer buffer = new LineBuffer(limit);
        Collected collected = new Collected();
        for (int i = 0; i < bytes.length; i += piece) {
            ByteBuffer part = ByteBuffer.wrap(bytes, i, Math.min(piece, bytes.length - i));
            buffer.feed(part, collected);
            assertEquals(0, part.remaining(), "every byte is consumed");
        }
        return collected.lines;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            one line              | a/             | a
            two lines             | a/b/           | a,b
            half a line           | a              |
            half, then the rest   | a/b            | a
            empty lines           | ///a//b/       | a,b
            a blank is a line     | ' /a/'         | ' ,a'
            exactly the limit     | 12345678/      | 12345678
            one too long          | 123456789/a/   | #8,a
            much too long         | 123456789123456789123456789/a/ | #8,a
            two too long          | 123456789/123456789/a/ | #8,#8,a
            too long, never ended | 123456789      | #8
            """)
    void cutsAtNewlinesHoweverTheBytesArrive(String name, String stream, String expected) {
        List<String> lines = expected == null ? List.of() : List.of(expected.split(","));
        byte[] bytes = stream.replace('/', '\n').getBytes(StandardCharsets.US_ASCII);
        for (int piece : new int[] {1, 2, 3, 7, 1000}) {
            assertEquals(lines, feed(8, bytes, piece), name + " in pieces of " + piece);
        }
    }

    @Test
    void aCarriageReturnIsPartOfTheLineAndValidBeforeItsEnd() throws ControlProtocolException {
        List<String> lines = feed(64, "{\"type\":\"ack\"}\r\n".getBytes(StandardCharsets.US_ASCII), 1);
        assertEquals(List.of("{\"type\":\"ack\"}\r"), lines);
        assertEquals(
                new ControlMessage.Ack(),
                ControlCodec.decodeFromEmulator(lines.getFirst().getBytes(StandardCharsets.US_ASCII)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4096, 1 << 21})
    void aMebibyteInOneLineIsReportedOnceAndTheStreamStaysInStep(int piece) {
        byte[] bytes = new byte[(1 << 20) + 12];
        Arrays.fill(bytes, (byte) 'x');
        byte[] rest = "\nnext\nlast\n ".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(rest, 0, bytes, 1 << 20, rest.length);
        assertEquals(
                List.of("#65536", "next", "last"), feed(ControlCodec.MAX_LINE_BYTES, bytes, piece));
    }

    @Test
    void theLongestLinePasses() {
        byte[] bytes = new byte[ControlCodec.MAX_LINE_BYTES + 1];
        Arrays.fill(bytes, (byte) 'x');
        bytes[bytes.length - 1] = '\n';
        List<String> lines = feed(ControlCodec.MAX_LINE_BYTES, bytes, 1000);
        assertEquals(1, lines.size());
        assertEquals(ControlCodec.MAX_LINE_BYTES, lines.getFirst().length());
    }

    @Test
    void binaryIsCutAtItsNewlinesAndNothingIsLost() {
        byte[] noise = new byte[1 << 18];
        new Random(5).nextBytes(noise);
        noise[noise.length - 1] = '\n';
        String[] expected = new String(noise, StandardCharsets.ISO_8859_1).split("\n");
        List<String> wanted = Arrays.stream(expected).filter(line -> !line.isEmpty()).toList();
        assertTrue(wanted.size() > 500);
        assertEquals(wanted, feed(ControlCodec.MAX_LINE_BYTES, noise, 997));
    }
}
