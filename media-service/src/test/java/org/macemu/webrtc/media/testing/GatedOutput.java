package org.macemu.webrtc.media.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** A stream whose reader is busy until {@link #open}: the first write waits so long. */
public final class GatedOutput extends OutputStream {

    /** Each write's bytes. */
    public final List<byte[]> written = new CopyOnWriteArrayList<>();

    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch inWrite = new CountDownLatch(1);

    /** Lets the writes through. */
    public void open() {
        gate.countDown();
    }

    /** Returns when the first write waits. */
    public void awaitWrite() throws InterruptedException {
        inWrite.await();
    }

    @Override
    public void write(int b) {
        throw new AssertionError("a message is written at once");
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        inWrite.countDown();
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        written.add(bytes.clone());
    }
}
