package org.macemu.webrtc.control.client;

import com.google.protobuf.ByteString;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.grpc.client.GrpcClientRequest;
import org.macemu.webrtc.api.grpc.AppendUploadReply;
import org.macemu.webrtc.api.grpc.AppendUploadRequest;

/**
 * A request's body on its way into an upload. The body is paused while the call takes no more; whichever side rests too
 * long ends it. Runs on the event loop of the body.
 */
final class UploadTransfer {

    /** Bytes of one message at most. */
    private static final int MAX_PIECE = 256 * 1024;

    private final Caller caller;
    private final GrpcClientRequest<AppendUploadRequest, AppendUploadReply> call;
    private final long stallMs;
    private final Promise<AppendUploadReply> promise = Promise.promise();
    private long timer;
    private boolean moved;
    private boolean waitingForDisk;
    private boolean bodyEnded;
    private boolean over;

    UploadTransfer(Caller caller, GrpcClientRequest<AppendUploadRequest, AppendUploadReply> call, long stallMs) {
        this.caller = caller;
        this.call = call;
        this.stallMs = stallMs;
    }

    /** The body is paused. */
    Future<AppendUploadReply> send(String id, long offset, ReadStream<Buffer> body) {
        call.response()
                .compose(response -> caller.answer(response, StorageClient::refusal))
                .onComplete(result -> {
                    end(body);
                    if (result.succeeded()) {
                        promise.tryComplete(result.result());
                    } else {
                        promise.tryFail(caller.failure(result.cause()));
                    }
                });
        call.exceptionHandler(failure -> {
            end(body);
            promise.tryFail(caller.failure(failure));
        });
        timer = caller.vertx().setPeriodic(stallMs, ignored -> look(body));
        body.exceptionHandler(failure -> {
            // The browser is gone. What has arrived is kept: the call ends in order, nobody waits for its answer.
            bodyEnded = true;
            if (!over) {
                call.end();
            }
        });
        body.endHandler(ignored -> {
            bodyEnded = true;
            if (!over) {
                moved = true;
                waitingForDisk = true;
                call.end();
            }
        });
        body.handler(buffer -> take(buffer, body));
        call.write(AppendUploadRequest.newBuilder().setId(id).setOffset(offset).build());
        body.resume();
        return promise.future();
    }

    private void take(Buffer buffer, ReadStream<Buffer> body) {
        if (over) {
            return;
        }
        moved = true;
        byte[] bytes = buffer.getBytes();
        for (int at = 0; at < bytes.length; at += MAX_PIECE) {
            int count = Math.min(MAX_PIECE, bytes.length - at);
            call.write(AppendUploadRequest.newBuilder()
                    .setData(ByteString.copyFrom(bytes, at, count))
                    .build());
        }
        if (call.writeQueueFull()) {
            body.pause();
            waitingForDisk = true;
            call.drainHandler(ignored -> {
                moved = true;
                waitingForDisk = false;
                if (!over && !bodyEnded) {
                    body.resume();
                }
            });
        }
    }

    /** Once in a while: has anything moved since? */
    private void look(ReadStream<Buffer> body) {
        if (moved) {
            moved = false;
            return;
        }
        promise.tryFail(
                waitingForDisk
                        ? new MediaFailure(
                                MediaFailure.Kind.MEDIA_TIMEOUT,
                                "The media-service took no bytes for " + stallMs / 1000 + " s; go on with the upload later.")
                        : new MediaFailure(
                                MediaFailure.Kind.SENDER_STALLED,
                                "No bytes came for " + stallMs / 1000 + " s; go on with the upload later."));
        end(body);
        call.cancel();
    }

    private void end(ReadStream<Buffer> body) {
        if (!over) {
            over = true;
            caller.vertx().cancelTimer(timer);
            // What is still on its way is not read: the answer ends the connection. Nothing is when all has been read,
            // and a body of HTTP/2 throws when it is paused or resumed then.
            if (!bodyEnded) {
                body.pause();
            }
        }
    }
}
