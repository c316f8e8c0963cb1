package org.macemu.webrtc.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.macemu.webrtc.api.control.ControlCodec;
import org.macemu.webrtc.api.control.ControlMessage;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.shm.AudioSegment;
import org.macemu.webrtc.api.shm.VideoSegment;
import org.macemu.webrtc.testing.CProgram;

/** Bytes that a C program wrote are read exactly, and bytes that we write are read exactly by C. */
class GoldenBytesIT {

    private static final int CAPACITY = 64 * 48 * 4;
    private static final Path SOURCES = Path.of(System.getProperty("basedir", ""), "src/test/c").toAbsolutePath();

    @TempDir
    static Path folder;

    private static CProgram golden;

    @BeforeAll
    static void compile() throws Exception {
        golden = CProgram.compile(folder.resolve("golden"), SOURCES.resolve("golden.c").toString());
    }

    private static String golden(String input, String... arguments) throws Exception {
        return golden.run(input, arguments);
    }

    private static byte pattern(int buffer, int at) {
        return (byte) (buffer * 85 + at * 7 + (at >> 8));
    }

    private static void assertPattern(int buffer, MemorySegment bytes) {
        for (int i = 0; i < bytes.byteSize(); i++) {
            if (bytes.get(ValueLayout.JAVA_BYTE, i) != pattern(buffer, i)) {
                fail("byte " + i + " of buffer " + buffer);
            }
        }
    }

    private static String hash(MemorySegment bytes) {
        int h = (int) 2166136261L;
        for (int i = 0; i < bytes.byteSize(); i++) {
            h = (h ^ bytes.get(ValueLayout.JAVA_BYTE, i) & 0xFF) * 16777619;
        }
        return "%08X".formatted(h);
    }

    @Test
    void theHeaderOfTheDriversLaysTheSegmentsOutAsTheDesignDoes() throws Exception {
        Path include = SOURCES.resolve("../../../../emulator/include").normalize();
        assertTrue(Files.isRegularFile(include.resolve("ipc_protocol.h")), "no ipc_protocol.h in " + include);
        CProgram.compile(
                        folder.resolve("header_agrees"),
                        "-I",
                        include.toString(),
                        SOURCES.resolve("header_agrees.c").toString())
                .run("");
    }

    @Test
    void aVideoSegmentOfCIsReadExactly() throws Exception {
        Path path = folder.resolve("video-of-c");
        golden("", "write-video", path.toString());
        // The header once more, byte by byte, so that both sides cannot be wrong in the same way.
        assertEquals(
                "554d454d" + "01000000" + "3d000000" + "2f000000" + "f4000000" + "02000000" + "01000000" + "00000000"
                        + "0500000000000000" + "0c07060504030201",
                HexFormat.of().formatHex(Arrays.copyOf(Files.readAllBytes(path), 48)));
        try (VideoSegment video = VideoSegment.open(path)) {
            assertEquals(CAPACITY, video.frameCapacity());
            assertEquals(61, video.width());
            assertEquals(47, video.height());
            assertEquals(244, video.stride());
            assertEquals(2, video.latestIndex());
            assertEquals(5, video.frameCount());
            assertEquals(0x010203040506070CL, video.timestampMicros());
            assertEquals(2, video.latestIndexWord().get(ValueLayout.JAVA_INT, 0), "what a futex waits on");
            for (int i = 0; i < VideoSegment.BUFFERS; i++) {
                assertPattern(i, video.frame(i));
            }
        }
    }

    @Test
    void aVideoSegmentOfOursIsReadExactlyByC() throws Exception {
        Path path = folder.resolve("video-of-java");
        try (VideoSegment video =
                VideoSegment.openOrCreate(path, CAPACITY, PosixFilePermissions.fromString("rw-------"))) {
            StringBuilder frames = new StringBuilder();
            for (int i = 0; i < VideoSegment.BUFFERS; i++) {
                MemorySegment frame = video.frame(i);
                for (int at = 0; at < CAPACITY; at++) {
                    frame.set(ValueLayout.JAVA_BYTE, at, pattern(2 - i, at));
                }
                frames.append("frame").append(i).append('=').append(hash(frame)).append('\n');
            }
            video.geometry(64, 48, 256);
            video.publish(1, 10);
            video.publish(2, 0x0807060504030201L);
            video.readIndex(1);
            assertEquals("""
                    magic=4D454D55
                    version=1
                    width=64
                    height=48
                    stride=256
                    write_index=2
                    read_index=1
                    frame_count=2
                    timestamp_us=578437695752307201
                    """ + frames, golden("", "read-video", path.toString()));
        }
    }

    @Test
    void anAudioSegmentOfCIsReadExactly() throws Exception {
        Path path = folder.resolve("audio-of-c");
        golden("", "write-audio", path.toString());
        assertEquals(
                "4455414d" + "01000000" + "22560000" + "01000000" + "01000000" + "00000100" + "f0ffffff" + "04000100",
                HexFormat.of().formatHex(Arrays.copyOf(Files.readAllBytes(path), 32)));
        try (AudioSegment audio = AudioSegment.open(path)) {
            assertEquals(22_050, audio.sampleRate());
            assertEquals(1, audio.channels());
            assertEquals(AudioSegment.FORMAT_F32LE, audio.format());
            assertEquals(0xFFFFFFF0, audio.writePosition());
            assertEquals(0x00010004, audio.readPosition());
            assertPattern(3, audio.ring());
        }
    }

    @Test
    void anAudioSegmentOfOursIsReadExactlyByC() throws Exception {
        Path path = folder.resolve("audio-of-java");
        try (AudioSegment audio = AudioSegment.openOrCreate(path, PosixFilePermissions.fromString("rw-------"))) {
            for (int at = 0; at < AudioSegment.RING_SIZE; at++) {
                audio.ring().set(ValueLayout.JAVA_BYTE, at, pattern(1, at));
            }
            audio.format(48_000, 2, AudioSegment.FORMAT_S16LE);
            audio.writePosition(0xFFFFFF00);
            audio.readPosition(1024);
            assertEquals("""
                    magic=4D415544
                    version=1
                    sample_rate=48000
                    channels=2
                    format=0
                    buffer_size=65536
                    write_pos=4294967040
                    read_pos=1024
                    """ + "ring=" + hash(audio.ring()) + "\n", golden("", "read-audio", path.toString()));
        }
    }

    @Test
    void linesOfCAreReadExactly() throws Exception {
        ObjectNode preferences =
                JsonNodeFactory.instance.objectNode().put("rom", "Quadra.ROM").put("ramsize", 16);
        ObjectNode status = JsonNodeFactory.instance.objectNode().put("running", true).put("fps", 30);
        List<FromEmulator> read = new ArrayList<>();
        for (String line : golden("", "write-lines").split("\n")) {
            read.add(ControlCodec.decodeFromEmulator(line.getBytes(StandardCharsets.UTF_8)));
        }
        assertEquals(
                List.of(
                        new ControlMessage.Config(preferences),
                        new ControlMessage.Storage(List.of("Quadra.ROM"), List.of("System7.img")),
                        new ControlMessage.Status(true, 30, status),
                        new ControlMessage.Error("Failed to save config"),
                        new ControlMessage.Ack()),
                read);
    }

    @Test
    void linesOfOursAreReadExactlyByC() throws Exception {
        ObjectNode preferences =
                JsonNodeFactory.instance.objectNode().put("rom", "Quadra.ROM").put("ramsize", 16);
        List<ControlMessage> messages = List.of(
                new ControlMessage.MouseMove(100, 200),
                new ControlMessage.MouseMove(-32768, 32767),
                new ControlMessage.MouseMoveRelative(3, -2),
                new ControlMessage.MouseButton(1, 2, 2, false),
                new ControlMessage.MouseButton(100, 200, 0, true),
                new ControlMessage.MouseWheel(0, -3),
                new ControlMessage.Key(65, true, false, false, false, false, 0),
                new ControlMessage.Key(16, false, true, true, true, true, 2),
                new ControlMessage.GetConfig(),
                new ControlMessage.SetConfig(preferences),
                new ControlMessage.Restart(),
                new ControlMessage.Shutdown(),
                new ControlMessage.GetStorage(),
                new ControlMessage.GetStatus(),
                new ControlMessage.Error("Failed to save config"));
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        for (ControlMessage message : messages) {
            lines.write(ControlCodec.encode(message));
        }
        assertEquals("""
                move=100,200
                move=-32768,32767
                relative=3,-2
                button=1,2,2,up
                button=100,200,0,down
                wheel=0,-3
                key=65,down,0000,0
                key=16,up,1111,2
                get_config
                set_config=Quadra.ROM,16
                restart
                shutdown
                storage
                status
                error
                """, golden(lines.toString(StandardCharsets.UTF_8), "read-lines"));
    }
}
