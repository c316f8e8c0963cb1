package org.macemu.webrtc.media.capture;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Capture's figures, to be looked at by tests. */
final class CountingMetrics implements CaptureMetrics {

    final AtomicInteger changed = new AtomicInteger();
    final AtomicInteger unchanged = new AtomicInteger();
    final AtomicLong skipped = new AtomicLong();
    final AtomicInteger invalid = new AtomicInteger();
    final AtomicInteger underruns = new AtomicInteger();
    final AtomicLong audioSkipped = new AtomicLong();

    @Override
    public void captured(boolean pixelsChanged) {
        (pixelsChanged ? changed : unchanged).incrementAndGet();
    }

    @Override
    public void skipped(long frames) {
        skipped.addAndGet(frames);
    }

    @Override
    public void invalid() {
        invalid.incrementAndGet();
    }

    @Override
    public void audioUnderrun() {
        underruns.incrementAndGet();
    }

    @Override
    public void audioSkipped(long sampleFrames) {
        audioSkipped.addAndGet(sampleFrames);
    }
}
