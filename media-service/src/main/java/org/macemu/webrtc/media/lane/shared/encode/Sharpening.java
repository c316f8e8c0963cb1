package org.macemu.webrtc.media.lane.shared.encode;

/**
 * How a still picture becomes sharp: in passes over its rows of blocks, each with a finer quantizer than the one before,
 * and each cut into as many frames as the rate asks for. Left alone, libvpx goes from coarse to finest in one frame as
 * large as a key frame. Belongs to the video encoder, which serialises its calls.
 */
final class Sharpening {

    /** A picture with this quantizer (0 to 63) has no visible difference left. */
    private static final int SHARP_QUANTIZER = 4;

    /** A smaller frame than what this time carries is not worth its headers. */
    private static final double LEAST_SECONDS = 0.06;

    /** Of a pass that costs more than expected, this much more is expected of the next. */
    private static final double GROWTH = 1.5;

    private final int best;
    private int rows;
    /** What every row has at least. */
    private int quantizer = SHARP_QUANTIZER;
    private int pass;
    private int nextRow;
    private int plannedRows;
    private double bytesPerRow;
    private boolean cut;
    private boolean smoothed;

    /** @param best the finest quantizer allowed */
    Sharpening(int best) {
        this.best = best;
    }

    /**
     * A new picture was encoded.
     *
     * @param quantizer of its frame
     * @param rows of blocks
     * @param bytes of its frame: what one pass over a picture like this may cost
     */
    void restart(int quantizer, int rows, int bytes) {
        this.quantizer = quantizer;
        this.rows = rows;
        this.bytesPerRow = (double) bytes / rows;
        this.smoothed = false;
        beginPass(Math.max(best, quantizer * 3 / 4));
    }

    /**
     * A new picture was encoded without its detail, which the first pass brings.
     *
     * @param coarse quantizer of that pass
     * @param bytes of the frame that had the detail and was too large
     */
    void restartSmoothed(int coarse, int rows, int bytes) {
        restart(coarse, rows, bytes);
        smoothed = true;
        beginPass(coarse);
    }

    private void beginPass(int passQuantizer) {
        pass = passQuantizer;
        nextRow = 0;
        cut = false;
    }

    /** Whether nothing is left to do. */
    boolean isDone() {
        return !smoothed && quantizer <= SHARP_QUANTIZER;
    }

    /** Whether the viewers' picture lacks detail that the encoder's picture has. */
    boolean isSmoothed() {
        return smoothed;
    }

    /** Quantizer of the present pass. */
    int quantizer() {
        return pass;
    }

    /** Chooses the rows of the next frame. */
    void plan(ByteBudget budget) {
        double bytes = Math.max(budget.balance(), budget.bytes(LEAST_SECONDS));
        plannedRows = (int) Math.clamp(bytes / Math.max(1, bytesPerRow), 1, rows - nextRow);
        cut |= plannedRows < rows;
    }

    /** First of the rows planned. */
    int firstRow() {
        return nextRow;
    }

    /** How many rows are planned. */
    int rows() {
        return plannedRows;
    }

    /** The frame was made. */
    void made(int bytes) {
        double cost = (double) bytes / plannedRows;
        // A band of rows says little about the next one: down slowly, up at once.
        bytesPerRow = Math.max(cost, plannedRows == rows ? 0 : (bytesPerRow + cost) / 2);
        nextRow += plannedRows;
        if (nextRow >= rows) {
            quantizer = pass;
            smoothed = false;
            // Where a pass takes more than one frame, fewer passes are faster.
            int next = cut ? pass / 2 : pass * 3 / 4;
            bytesPerRow *= GROWTH;
            beginPass(Math.max(best, next));
        }
    }
}
