package org.macemu.webrtc.media.lane.shared.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** One peer on a transport of its own. */
class IcePeerIT {

    private static final class Events implements IcePeer.Listener {
        final CountDownLatch established = new CountDownLatch(1);
        final LinkedBlockingQueue<Integer> control = new LinkedBlockingQueue<>();

        @Override
        public void established() {
            established.countDown();
        }

        @Override
        public void pathChanged() {}

        @Override
        public void rtcp(byte[] b, int offset, int length) {
            control.add(length);
        }

        @Override
        public void lost(String code, String reason) {}
    }

    @Test
    void authenticRtcpShowsThatThePeerIsThere() throws Exception {
        try (EventLoop loop = new EventLoop("test-loop");
                TestPeer remote = new TestPeer(false)) {
            DtlsServer dtls = new DtlsServer(1);
            MediaTransport transport =
                    new MediaTransport(loop, dtls, cause -> {}, List.of("127.0.0.1"), 0, List.of("127.0.0.1"));
            loop.start(now -> Long.MAX_VALUE);
            Events events = new Events();
            IcePeer peer = transport.peer("viewer", events);
            IceCredentials credentials = IceCredentials.random();
            Matcher offered = Pattern.compile("a=fingerprint:sha-256 (\\S+)").matcher(remote.offer());
            assertTrue(offered.find());
            onLoop(loop, () -> {
                peer.listen(credentials, new Fingerprint("sha-256", offered.group(1)));
                return null;
            });
            remote.answer("a=ice-ufrag:" + credentials.ufrag() + "\r\na=ice-pwd:" + credentials.password()
                    + "\r\na=fingerprint:sha-256 " + dtls.fingerprint().value() + "\r\na=candidate:1 1 udp 1 127.0.0.1 "
                    + transport.port() + " typ host\r\na=ssrc:1 \r\na=ssrc:2 \r\n");
            remote.connect();
            assertTrue(events.established.await(20, TimeUnit.SECONDS));

            long checked = System.nanoTime();
            long consent = 30_000_000_000L;
            assertFalse(onLoop(loop, () -> peer.isSilent(checked)));
            assertTrue(onLoop(loop, () -> peer.isSilent(checked + consent)));
            Thread.sleep(20);
            // Forged: counted, and no sign of life.
            byte[] forged = new byte[60];
            forged[0] = (byte) 0x80;
            forged[1] = (byte) 201;
            remote.sendRaw(forged);
            Thread.sleep(20);
            assertTrue(onLoop(loop, () -> peer.isSilent(checked + consent)));
            // An empty receiver report (RFC 3550 section 6.4.2).
            remote.sendControl(ByteBuffer.allocate(8).putInt(0x80c90001).putInt(1).array());
            assertNotNull(events.control.poll(20, TimeUnit.SECONDS));
            assertFalse(onLoop(loop, () -> peer.isSilent(checked + consent)));
            assertTrue(onLoop(loop, () -> peer.isSilent(System.nanoTime() + consent + 1)));
            assertEquals(0, events.control.size());
            onLoop(loop, () -> {
                peer.close();
                return null;
            });
        }
    }

    private static <T> T onLoop(EventLoop loop, java.util.concurrent.Callable<T> question) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                answer.complete(question.call());
            } catch (Exception e) {
                answer.completeExceptionally(e);
            }
        });
        return answer.get(20, TimeUnit.SECONDS);
    }
}
