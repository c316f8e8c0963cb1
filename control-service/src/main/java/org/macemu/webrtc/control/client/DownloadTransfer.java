package org.macemu.webrtc.control.client;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import io.vertx.grpc.client.GrpcClientRequest;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcStatus;
import org.macemu.webrtc.api.grpc.FileBytes;
import org.macemu.webrtc.api.grpc.ReadFileRequest;

/**
 * Bytes of a file on their way out. The call is paused while the other side takes no more; a side that rests too long ends
 * it. Runs on the event loop of the call.
 */
public final class DownloadTransfer {

    private final Caller caller;
    private final GrpcClientRequest<ReadFileRequest, FileBytes> call;
    private final Sink sink;
    private final long stallMs;
    private final Promise<Void> promise = Promise.promise();
    private long timer;
    private boolean moved = true;
    private boolean over;

    /** What takes the bytes. */
    public interface Sink {

        /** The first bytes are here: whatever comes before them can be written. */
        WriteStream<Buffer> begin();

        /** Calls this when the taker is gone. */
        void onGone(Runnable action);
    }

    DownloadTransfer(
            Caller caller, GrpcClientRequest<ReadFileRequest, FileBytes> call, Sink sink, long stallMs) {
        this.caller = caller;
        this.call = call;
        this.sink = sink;
        this.stallMs = stallMs;
    }

    Future<Void> receive(ReadFileRequest what) {
        timer = caller.vertx().setPeriodic(stallMs, ignored -> look());
        sink.onGone(() -> fail(new MediaFailure(MediaFailure.Kind.SENDER_STALLED, "The browser is gone.")));
        call.send(what).onComplete(sent -> {
            if (sent.succeeded()) {
                pipe(sent.result());
            } else {
                fail(caller.failure(sent.cause()));
            }
        });
        return promise.future();
    }

    private void pipe(GrpcClientResponse<ReadFileRequest, FileBytes> response) {
        response.exceptionHandler(cause -> fail(caller.failure(cause)));
        response.endHandler(ignored -> {
            if (response.status() == GrpcStatus.OK) {
                end();
                promise.tryComplete();
            } else {
                fail(Caller.refusal(response, StorageClient::refusal));
            }
        });
        response.handler(new Handler<>() {
            private WriteStream<Buffer> out;

            @Override
            public void handle(FileBytes bytes) {
                if (over) {
                    return;
                }
                moved = true;
                if (out == null) {
                    out = sink.begin();
                }
                out.write(Buffer.buffer(bytes.getData().toByteArray()));
                if (out.writeQueueFull()) {
                    response.pause();
                    out.drainHandler(ignored -> {
                        moved = true;
                        response.resume();
                    });
                }
            }
        });
    }

    private void look() {
        if (moved) {
            moved = false;
            return;
        }
        fail(new MediaFailure(
                MediaFailure.Kind.MEDIA_TIMEOUT, "No bytes of the file moved for " + stallMs / 1000 + " s."));
    }

    private void fail(MediaFailure failure) {
        boolean under = !over;
        end();
        if (promise.tryFail(failure) && under) {
            call.cancel();
        }
    }

    private void end() {
        over = true;
        caller.vertx().cancelTimer(timer);
    }
}
