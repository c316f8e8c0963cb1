package org.macemu.webrtc.media.capture;

/** What is left of a sine at {@link AudioSink#SAMPLE_RATE}. Samples are -1 to 1. */
final class SineAnalysis {

    private SineAnalysis() {}

    /**
     * Everything in the signal that is not the best-fitting sine near {@code hertz}, in dB below the signal; blocks of
     * 50 ms are fitted one by one, because the pitch follows the emulator's clock.
     */
    static double noiseDecibels(double[] heard, double hertz) {
        int block = AudioSink.SAMPLE_RATE / 20;
        double signal = 0;
        double rest = 0;
        for (int start = 0; start + block <= heard.length; start += block) {
            double power = 0;
            for (int i = 0; i < block; i++) {
                power += heard[start + i] * heard[start + i];
            }
            double low = hertz * 0.997;
            double high = hertz * 1.003;
            while (high - low > hertz * 1e-7) {
                double third = (high - low) / 3;
                if (residue(heard, start, block, low + third) < residue(heard, start, block, high - third)) {
                    high -= third;
                } else {
                    low += third;
                }
            }
            signal += power;
            rest += residue(heard, start, block, low);
        }
        return 10 * Math.log10(rest / signal);
    }

    /** Power left after the least-squares fit of a sine of this frequency. */
    private static double residue(double[] x, int start, int n, double hertz) {
        double ss = 0;
        double sc = 0;
        double cc = 0;
        double xs = 0;
        double xc = 0;
        double w = Math.TAU * hertz / AudioSink.SAMPLE_RATE;
        for (int i = 0; i < n; i++) {
            double s = Math.sin(w * i);
            double c = Math.cos(w * i);
            ss += s * s;
            sc += s * c;
            cc += c * c;
            xs += x[start + i] * s;
            xc += x[start + i] * c;
        }
        double det = ss * cc - sc * sc;
        double a = (xs * cc - xc * sc) / det;
        double b = (xc * ss - xs * sc) / det;
        double rest = 0;
        for (int i = 0; i < n; i++) {
            double e = x[start + i] - a * Math.sin(w * i) - b * Math.cos(w * i);
            rest += e * e;
        }
        return rest;
    }

    /** Second difference of a sine of this peak and frequency at the most: peak * omega^2. */
    static double bendOfSine(double peak, double hertz) {
        double omega = Math.TAU * hertz / AudioSink.SAMPLE_RATE;
        return peak * omega * omega;
    }

    /** Largest second difference: a click has one that no sine of a moderate frequency has. */
    static double sharpestBend(double[] x) {
        double most = 0;
        for (int i = 2; i < x.length; i++) {
            most = Math.max(most, Math.abs(x[i] - 2 * x[i - 1] + x[i - 2]));
        }
        return most;
    }
}
