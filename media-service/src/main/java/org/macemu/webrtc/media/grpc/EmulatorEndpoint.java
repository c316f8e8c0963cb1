package org.macemu.webrtc.media.grpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.quarkus.grpc.GrpcService;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.macemu.webrtc.api.control.ControlCodec;
import org.macemu.webrtc.api.control.ControlMessage;
import org.macemu.webrtc.api.control.ControlMessage.FromEmulator;
import org.macemu.webrtc.api.control.ControlMessage.Request;
import org.macemu.webrtc.api.control.ControlProtocolException;
import org.macemu.webrtc.api.grpc.Ack;
import org.macemu.webrtc.api.grpc.Config;
import org.macemu.webrtc.api.grpc.Emulator;
import org.macemu.webrtc.api.grpc.EmulatorLog;
import org.macemu.webrtc.api.grpc.GetConfigRequest;
import org.macemu.webrtc.api.grpc.GetLogRequest;
import org.macemu.webrtc.api.grpc.GetScreenshotRequest;
import org.macemu.webrtc.api.grpc.GetStatusRequest;
import org.macemu.webrtc.api.grpc.GetStorageRequest;
import org.macemu.webrtc.api.grpc.RestartRequest;
import org.macemu.webrtc.api.grpc.Screenshot;
import org.macemu.webrtc.api.grpc.SendInputRequest;
import org.macemu.webrtc.api.grpc.SessionStatus;
import org.macemu.webrtc.api.grpc.ShutdownRequest;
import org.macemu.webrtc.api.grpc.Storage;
import org.macemu.webrtc.media.MediaServer;
import org.macemu.webrtc.media.capture.Snapshot;
import org.macemu.webrtc.media.control.EmulatorException;

/** The control protocol as calls: one line to the emulator, one line back. */
@GrpcService
public class EmulatorEndpoint implements Emulator {

    /** A set_config line, its type and quotes included, must fit the 64 KiB of a line. */
    private static final int MAX_CONFIG = 60 * 1024;

    private static final int MAX_STEPS = 10_000;
    private static final int MAX_WAIT_MILLIS = 10_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final MediaServer server;

    EmulatorEndpoint(MediaServer server) {
        this.server = server;
    }

    @Override
    public Uni<SessionStatus> getStatus(GetStatusRequest request) {
        return server.status();
    }

    @Override
    public Uni<Config> getConfig(GetConfigRequest request) {
        return ask(new ControlMessage.GetConfig(), answer -> Config.newBuilder()
                .setJson(((ControlMessage.Config) answer).data().toString())
                .build());
    }

    @Override
    public Uni<Ack> setConfig(Config request) {
        String json = request.getJson();
        if (json.length() > MAX_CONFIG) {
            return invalid("The configuration has " + json.length() + " characters: at most " + MAX_CONFIG);
        }
        try {
            JsonNode config = JSON.readTree(json);
            if (!(config instanceof ObjectNode object)) {
                return invalid("The configuration must be a JSON object");
            }
            ControlMessage.SetConfig message = new ControlMessage.SetConfig(object);
            // Characters are not bytes, and numbers may be written longer than they came: the line itself decides.
            ControlCodec.encode(message);
            return ask(message, answer -> Ack.getDefaultInstance());
        } catch (IllegalArgumentException e) {
            return invalid(e.getMessage());
        } catch (JsonProcessingException e) {
            return invalid("The configuration is not valid JSON: " + e.getOriginalMessage());
        }
    }

    @Override
    public Uni<Ack> restart(RestartRequest request) {
        return ask(new ControlMessage.Restart(request.getForce()), answer -> Ack.getDefaultInstance());
    }

    @Override
    public Uni<Ack> shutdown(ShutdownRequest request) {
        return ask(new ControlMessage.Shutdown(), answer -> Ack.getDefaultInstance());
    }

    @Override
    public Uni<EmulatorLog> getLog(GetLogRequest request) {
        return ask(new ControlMessage.GetLog(), answer -> {
            EmulatorLog.Builder log = EmulatorLog.newBuilder();
            ((ControlMessage.Log) answer).lines().forEach(line -> log.addLines(EmulatorLog.Line.newBuilder()
                    .setTimeMs(line.time())
                    .setSource(line.source())
                    .setText(line.text())));
            return log.build();
        });
    }

    @Override
    public Uni<Storage> getStorage(GetStorageRequest request) {
        return ask(new ControlMessage.GetStorage(), answer -> {
            ControlMessage.Storage storage = (ControlMessage.Storage) answer;
            return Storage.newBuilder()
                    .addAllRoms(storage.roms())
                    .addAllDisks(storage.disks())
                    .build();
        });
    }

    @Override
    public Uni<Screenshot> getScreenshot(GetScreenshotRequest request) {
        return Uni.createFrom()
                .completionStage(server::snapshot)
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .map(taken -> taken.map(EmulatorEndpoint::screenshot)
                        .orElseThrow(() -> Status.FAILED_PRECONDITION
                                .withDescription("The Mac has shown no picture yet")
                                .asRuntimeException()));
    }

    private static Screenshot screenshot(Snapshot snapshot) {
        try {
            return Screenshot.newBuilder()
                    .setPng(ByteString.copyFrom(snapshot.png()))
                    .setWidth(snapshot.width())
                    .setHeight(snapshot.height())
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    @RunOnVirtualThread
    public Uni<Ack> sendInput(SendInputRequest request) {
        if (request.getStepsCount() > MAX_STEPS) {
            return invalid(request.getStepsCount() + " steps: at most " + MAX_STEPS);
        }
        if (server.requests() == null || !server.isEmulatorConnected()) {
            return Uni.createFrom()
                    .failure(status(new EmulatorException(
                            EmulatorException.Reason.NOT_CONNECTED, "No emulator is connected to the control socket")));
        }
        try {
            for (SendInputRequest.Step step : request.getStepsList()) {
                if (!server.audience().programInput(step.getJson())) {
                    return Uni.createFrom()
                            .failure(Status.FAILED_PRECONDITION
                                    .withDescription("A person holds the controls; input of programs waits until they are"
                                            + " released")
                                    .asRuntimeException());
                }
                Thread.sleep(Math.clamp(step.getWaitMs(), 0, MAX_WAIT_MILLIS));
            }
            return Uni.createFrom().item(Ack.getDefaultInstance());
        } catch (ControlProtocolException e) {
            return invalid(e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Uni.createFrom().failure(Status.CANCELLED.asRuntimeException());
        } finally {
            server.audience().programDone();
        }
    }

    private <T> Uni<T> ask(Request request, Function<FromEmulator, T> translate) {
        return Uni.createFrom()
                .completionStage(() -> server.requests().ask(request))
                .map(translate)
                .onFailure()
                .transform(EmulatorEndpoint::status);
    }

    private static <T> Uni<T> invalid(String what) {
        return Uni.createFrom()
                .failure(Status.INVALID_ARGUMENT.withDescription(what).asRuntimeException());
    }

    private static Throwable status(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!(cause instanceof EmulatorException e)) {
            return cause instanceof StatusRuntimeException ? cause : Status.INTERNAL.withCause(cause).asRuntimeException();
        }
        Status status =
                switch (e.reason()) {
                    case NOT_CONNECTED -> Status.UNAVAILABLE;
                    case TIMEOUT -> Status.DEADLINE_EXCEEDED;
                    case REFUSED -> Status.FAILED_PRECONDITION;
                };
        return status.withDescription(e.getMessage()).asRuntimeException();
    }
}
