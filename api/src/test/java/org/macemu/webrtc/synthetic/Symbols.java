package org.macemu.webrtc.synthetic;

import java.util.Random;

/**
 * Sound that can be understood or not: one of sixteen symbols every 80 ms, which is how long a sound of speech lasts,
 * each a low and a high tone at once as a telephone's keys have them, in an order that sender and listener know.
 */
public final class Symbols {

    /** Of what is listened to, samples a second. */
    public static final int SAMPLE_RATE = 48_000;

    /** Far enough apart for 40 ms, whose spectral lines are 25 Hz wide. */
    private static final int[] LOW = {500, 600, 725, 875};

    private static final int[] HIGH = {1250, 1500, 1800, 2150};

    private static final int SYMBOLS = LOW.length * HIGH.length;

    private static final double SYMBOL_SECONDS = 0.08;

    /** The symbol fades in and out in this time, so that its beginning is no click. */
    private static final double FADE_SECONDS = 0.005;

    /** A listener decides every 10 ms, on the 40 ms around it. */
    private static final int HOP = SAMPLE_RATE / 100;

    private static final int WINDOW = 4 * HOP;
    private static final int HOPS = (int) Math.round(SYMBOL_SECONDS * SAMPLE_RATE / HOP);

    /** The order, over and over again: more than a minute until it repeats. */
    private static final int[] ORDER = new Random(16).ints(1024, 0, SYMBOLS).toArray();

    /** A receiver's buffer stretches and shortens sound: so many hops in all, and at most one from symbol to symbol. */
    private static final int SLIP = 30;

    /** Four seconds: enough to find the place in the order. */
    private static final int FEWEST = (int) (4 / SYMBOL_SECONDS);

    private Symbols() {}

    /** The sound, -1 to 1, so many samples after it began. */
    static float sample(long index, int sampleRate) {
        long n = (long) (index / (SYMBOL_SECONDS * sampleRate));
        double time = index / (double) sampleRate - n * SYMBOL_SECONDS;
        double edge = Math.min(time, SYMBOL_SECONDS - time) / FADE_SECONDS;
        int symbol = ORDER[(int) (n % ORDER.length)];
        double tones = Math.sin(Math.TAU * LOW[symbol / HIGH.length] * time)
                + Math.sin(Math.TAU * HIGH[symbol % HIGH.length] * time);
        return (float) (tones / 2 * Math.clamp(edge, 0, 1));
    }

    /**
     * How much of a recording is understood: the share of symbols that are recognised where the known order has them.
     *
     * @param recording at {@link #SAMPLE_RATE}, begun at any time
     * @return 0 to 1; of noise some 0.2, since it is listened to with the best will
     * @throws IllegalArgumentException when it is too short to find the place in the order: less than four seconds
     */
    public static double understood(float[] recording) {
        int[] heard = new int[Math.max(0, recording.length - WINDOW) / HOP + 1];
        int symbols = heard.length / HOPS - 1;
        if (symbols < FEWEST) {
            throw new IllegalArgumentException(
                    "recording: expected four seconds or more, found " + recording.length + " samples");
        }
        for (int hop = 0; hop < heard.length; hop++) {
            heard[hop] = hear(recording, hop * HOP);
        }
        return (double) follow(heard, symbols, place(heard, symbols)) / symbols;
    }

    /** Where the order is heard: hops from its beginning to that of the recording, up to a symbol too few. */
    private static int place(int[] heard, int symbols) {
        int place = 0;
        int most = -1;
        for (int candidate = 0; candidate < ORDER.length * HOPS; candidate++) {
            int found = 0;
            for (int i = 0; i < symbols; i++) {
                found += matches(heard, candidate, i, 0);
            }
            if (found > most) {
                most = found;
                place = candidate;
            }
        }
        return place;
    }

    /** 1 when the {@code i}-th symbol from this place on is heard where it should be but for the slip, 0 when not. */
    private static int matches(int[] heard, int place, int i, int slip) {
        int hop = place % HOPS + i * HOPS + slip;
        boolean same = hop >= 0 && hop < heard.length && heard[hop] == ORDER[(place / HOPS + i) % ORDER.length];
        return same ? 1 : 0;
    }

    /** Follows the order through a recording that slips: the best way by Viterbi's algorithm. @return symbols heard */
    private static int follow(int[] heard, int symbols, int place) {
        int ways = 2 * SLIP + 1;
        int[] score = new int[ways];
        int[] found = new int[ways];
        for (int i = 0; i < symbols; i++) {
            int[] nextScore = new int[ways];
            int[] nextFound = new int[ways];
            for (int way = 0; way < ways; way++) {
                int best = way;
                int bestScore = score[way];
                for (int from = Math.max(0, way - 1); from <= Math.min(ways - 1, way + 1); from++) {
                    // Each slip costs a symbol, or noise would be understood by slipping about.
                    if (score[from] - Math.abs(way - from) > bestScore) {
                        best = from;
                        bestScore = score[from] - Math.abs(way - from);
                    }
                }
                int match = matches(heard, place, i, way - SLIP);
                nextScore[way] = bestScore + match;
                nextFound[way] = found[best] + match;
            }
            score = nextScore;
            found = nextFound;
        }
        int last = 0;
        for (int way = 0; way < ways; way++) {
            last = score[way] > score[last] ? way : last;
        }
        return found[last];
    }

    /** The symbol that the window beginning here has most of; none of them when there is no sound. */
    private static int hear(float[] recording, int from) {
        int low = strongest(recording, from, LOW);
        int high = strongest(recording, from, HIGH);
        return low < 0 || high < 0 ? -1 : low * HIGH.length + high;
    }

    private static int strongest(float[] recording, int from, int[] tones) {
        int strongest = -1;
        double most = 1e-6;
        for (int i = 0; i < tones.length; i++) {
            double power = power(recording, from, tones[i]);
            if (power > most) {
                most = power;
                strongest = i;
            }
        }
        return strongest;
    }

    /** Power of one frequency in the window: Goertzel's algorithm; a tone of full scale has 0.25. */
    private static double power(float[] recording, int from, int hertz) {
        double coefficient = 2 * Math.cos(Math.TAU * hertz / SAMPLE_RATE);
        double before = 0;
        double now = 0;
        for (int i = from; i < from + WINDOW; i++) {
            double next = recording[i] + coefficient * now - before;
            before = now;
            now = next;
        }
        return (now * now + before * before - coefficient * now * before) / ((double) WINDOW * WINDOW);
    }
}
