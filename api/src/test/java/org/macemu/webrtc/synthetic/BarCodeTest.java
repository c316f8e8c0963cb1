package org.macemu.webrtc.synthetic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BarCodeTest {

    private static final int WIDTH = 400;

    private static int[] luma(long ticks) {
        Canvas canvas = new Canvas(WIDTH, 100);
        assertTrue(BarCode.encode(canvas, ticks));
        int[] luma = new int[WIDTH * 100];
        for (int i = 0; i < luma.length; i++) {
            luma[i] = canvas.pixels()[i] & 0xFF;
        }
        return luma;
    }

    private static OptionalLong decode(int[] luma) {
        return BarCode.decode((x, y) -> luma[y * WIDTH + x]);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0xFFFF_FFFFL, 0x8000_0000L, 0x1234_5678L, 0xA5A5_A5A5L})
    void readsWhatItWrote(long ticks) {
        assertEquals(OptionalLong.of(ticks), decode(luma(ticks)));
    }

    /** Forty blocks spelled out, as another program writes or reads them from the class's description alone. */
    @ParameterizedTest
    @CsvSource({
        "0,          10 00000000000000000000000000000000 1001 01",
        "4294967295, 10 11111111111111111111111111111111 1100 01",
        "305419896,  10 00010010001101000101011001111000 1111 01",
    })
    void drawsTheBlocksOfTheDescription(long ticks, String blocks) {
        String expected = blocks.replace(" ", "");
        StringBuilder drawn = new StringBuilder();
        int[] luma = luma(ticks);
        for (int i = 0; i < 40; i++) {
            int x = 16 * (i % 20);
            int y = 16 * (i / 20);
            int corner = luma[y * WIDTH + x];
            assertEquals(corner, luma[(y + 15) * WIDTH + x + 15], "block " + i + " is of one colour");
            drawn.append(corner == 255 ? '1' : '0');
        }
        assertEquals(expected, drawn.toString());
    }

    @Test
    void survivesVideoRangeBlurAndNoise() {
        Random random = new Random(1);
        for (int round = 0; round < 200; round++) {
            long ticks = random.nextLong() & 0xFFFF_FFFFL;
            int[] sharp = luma(ticks);
            int[] worn = new int[sharp.length];
            for (int y = 2; y < 98; y++) {
                for (int x = 2; x < WIDTH - 2; x++) {
                    int sum = 0;
                    for (int i = 0; i < 25; i++) {
                        sum += sharp[(y + i / 5 - 2) * WIDTH + x + i % 5 - 2];
                    }
                    int noise = (int) (random.nextGaussian() * 25);
                    worn[y * WIDTH + x] = Math.clamp(40 + sum / 25 * 170 / 255 + noise, 0, 255);
                }
            }
            assertEquals(OptionalLong.of(ticks), decode(worn));
        }
    }

    @Test
    void findsNoCodeWhereThereIsNone() {
        assertFalse(decode(new int[WIDTH * 100]).isPresent(), "black");
        int[] white = new int[WIDTH * 100];
        Arrays.fill(white, 255);
        assertFalse(decode(white).isPresent(), "white");
        int[] faint = luma(77);
        for (int i = 0; i < faint.length; i++) {
            faint[i] = 100 + faint[i] / 8;
        }
        assertFalse(decode(faint).isPresent(), "faint");
    }

    @Test
    void refusesEverySingleWrongBlock() {
        for (int block = 2; block < 38; block++) {
            int[] luma = luma(0x1234_5678L);
            for (int y = 0; y < 16; y++) {
                for (int x = 0; x < 16; x++) {
                    int at = (block / 20 * 16 + y) * WIDTH + block % 20 * 16 + x;
                    luma[at] = 255 - luma[at];
                }
            }
            assertFalse(decode(luma).isPresent(), "block " + block);
        }
    }

    @Test
    void needsRoom() {
        assertFalse(BarCode.encode(new Canvas(319, 32), 1));
        assertFalse(BarCode.encode(new Canvas(320, 31), 1));
        assertTrue(BarCode.encode(new Canvas(320, 32), 1));
    }

    @Test
    void ticksAreTenthsOfMillisecondsOfTheWallClock() {
        long expected = System.currentTimeMillis() * 10 & 0xFFFF_FFFFL;
        assertTrue(Math.abs(BarCode.millisBetween(expected, BarCode.ticks(System.nanoTime()))) < 1000);
        long now = System.nanoTime();
        assertEquals(5.0, BarCode.millisBetween(BarCode.ticks(now), BarCode.ticks(now + 5_000_000)), 0.11);
        assertEquals(0.2, BarCode.millisBetween(0xFFFF_FFFFL, 1), 0.001);
    }
}
