package org.macemu.webrtc.control.web;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.streams.WriteStream;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.macemu.webrtc.api.grpc.CreateUploadRequest;
import org.macemu.webrtc.api.grpc.FileAddress;
import org.macemu.webrtc.api.grpc.ReadFileRequest;
import org.macemu.webrtc.api.grpc.StoredFile;
import org.macemu.webrtc.control.client.DownloadTransfer;
import org.macemu.webrtc.control.client.StorageClient;
import org.macemu.webrtc.control.problem.ProblemType;
import org.macemu.webrtc.control.problem.Problems;
import org.macemu.webrtc.control.rest.StorageView;
import org.macemu.webrtc.control.service.ByteRange;
import org.macemu.webrtc.control.service.EntityTags;
import org.macemu.webrtc.control.service.InvalidRequest;
import org.macemu.webrtc.control.service.UploadMetadata;

/**
 * Bytes of files, passed through: download with ranges and conditions, and upload in one go. Whole files never lie here;
 * each side waits for the other. Runs on the event loop of the request.
 */
@Singleton
public class FileTransfers {

    /** Behind the filters, before Quarkus limits the size of bodies (-2). */
    static final int BEFORE_LIMIT = -3;

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    private final StorageClient storage;

    @Inject
    FileTransfers(StorageClient storage) {
        this.storage = storage;
    }

    void register(@Observes Router router) {
        String path = StorageView.FILES + ":folder/:name";
        router.route(HttpMethod.GET, path).order(BEFORE_LIMIT).handler(this::download);
        router.route(HttpMethod.HEAD, path).order(BEFORE_LIMIT).handler(this::download);
        router.route(HttpMethod.PUT, path).order(BEFORE_LIMIT).handler(this::put);
    }

    private static FileAddress address(RoutingContext context) throws InvalidRequest {
        return FileAddress.newBuilder()
                .setFolder(UploadMetadata.folder(context.pathParam("folder")))
                .setName(context.pathParam("name"))
                .build();
    }

    private void download(RoutingContext context) {
        FileAddress address;
        try {
            address = address(context);
        } catch (InvalidRequest e) {
            Problems.end(context, ProblemType.NOT_FOUND, e.getMessage());
            return;
        }
        storage.file(address)
                .onSuccess(file -> answer(context, file))
                .onFailure(failure -> Problems.end(context, failure));
    }

    /** Conditions in the order of RFC 9110, section 13.2.2. */
    private void answer(RoutingContext context, StoredFile file) {
        HttpServerRequest request = context.request();
        HttpServerResponse response = context.response();
        Instant modified = Instant.ofEpochSecond(file.getModifiedMs() / 1000);
        String ifMatch = request.getHeader(HttpHeaders.IF_MATCH);
        if (ifMatch != null
                ? !EntityTags.matches(ifMatch, file.getEtag(), false)
                : date(request.getHeader("If-Unmodified-Since")).filter(modified::isAfter).isPresent()) {
            Problems.end(context, ProblemType.PRECONDITION_FAILED, "The file's ETag is \"" + file.getEtag() + "\".");
            return;
        }
        response.putHeader(HttpHeaders.ETAG, EntityTags.quoted(file.getEtag()))
                .putHeader(HttpHeaders.LAST_MODIFIED, HTTP_DATE.format(modified))
                .putHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
        String ifNoneMatch = request.getHeader(HttpHeaders.IF_NONE_MATCH);
        if (ifNoneMatch != null
                ? EntityTags.matches(ifNoneMatch, file.getEtag(), true)
                : date(request.getHeader(HttpHeaders.IF_MODIFIED_SINCE))
                        .filter(since -> !modified.isAfter(since))
                        .isPresent()) {
            response.setStatusCode(304).end();
            return;
        }
        try {
            String ifRange = request.getHeader("If-Range");
            boolean ranged = ifRange == null
                    || EntityTags.matches(ifRange, file.getEtag(), false)
                    || date(ifRange).filter(modified::equals).isPresent();
            Optional<ByteRange> range = ranged && request.method() == HttpMethod.GET
                    ? ByteRange.parse(request.getHeader("Range"), file.getSize())
                    : Optional.empty();
            range.ifPresent(r -> response.setStatusCode(206)
                    .putHeader(HttpHeaders.CONTENT_RANGE, r.contentRange(file.getSize())));
            send(context, file, range.orElse(new ByteRange(0, file.getSize())));
        } catch (ByteRange.NotSatisfiable e) {
            response.putHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + file.getSize());
            Problems.end(context, ProblemType.RANGE_NOT_SATISFIABLE, e.getMessage());
        }
    }

    private void send(RoutingContext context, StoredFile file, ByteRange range) {
        HttpServerResponse response = context.response();
        String name = StorageView.encoded(file.getAddress().getName());
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
                .putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(range.length()))
                .putHeader(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename*=UTF-8''" + name);
        if (context.request().method() == HttpMethod.HEAD || range.length() == 0) {
            response.end();
            return;
        }
        ReadFileRequest what = ReadFileRequest.newBuilder()
                .setAddress(file.getAddress())
                .setOffset(range.offset())
                .setLength(range.length())
                .setEtag(file.getEtag())
                .build();
        storage.read(what, new ResponseSink(response))
                .onSuccess(ignored -> {
                    if (!response.closed()) {
                        response.end();
                    }
                })
                .onFailure(failure -> {
                    if (!response.headWritten()) {
                        for (CharSequence header : new CharSequence[] {
                            HttpHeaders.CONTENT_LENGTH, HttpHeaders.CONTENT_DISPOSITION, HttpHeaders.CONTENT_RANGE
                        }) {
                            response.headers().remove(header);
                        }
                        Problems.end(context, failure);
                    } else if (!response.ended()) {
                        // The length was promised: only an end of the connection tells that the rest is missing.
                        response.reset();
                    }
                });
    }

    private record ResponseSink(HttpServerResponse response) implements DownloadTransfer.Sink {

        @Override
        public WriteStream<Buffer> begin() {
            return response;
        }

        @Override
        public void onGone(Runnable action) {
            response.exceptionHandler(ignored -> action.run());
            response.closeHandler(ignored -> action.run());
        }
    }

    private static Optional<Instant> date(String header) {
        try {
            return header == null ? Optional.empty() : Optional.of(Instant.from(HTTP_DATE.parse(header)));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private void put(RoutingContext context) {
        HttpServerRequest request = context.request().pause();
        FileAddress address;
        CreateUploadRequest.Replace replace;
        long length;
        try {
            address = address(context);
            length = length(request);
            boolean never = "*".equals(request.getHeader(HttpHeaders.IF_NONE_MATCH));
            replace = CreateUploadRequest.Replace.newBuilder()
                    .setAny(!never && "true".equals(request.getParam("overwrite")))
                    .setEtag(EntityTags.one(request.getHeader(HttpHeaders.IF_MATCH)))
                    .build();
        } catch (InvalidRequest e) {
            Problems.end(context, ProblemType.INVALID_REQUEST, e.getMessage());
            return;
        }
        if (length < 0) {
            Problems.end(context, ProblemType.LENGTH_REQUIRED, "Send the file with a Content-Length.");
            return;
        }
        boolean replaces = replace.getAny() || !replace.getEtag().isEmpty();
        storage.begin(CreateUploadRequest.newBuilder()
                        .setAddress(address)
                        .setLength(length)
                        .setReplace(replace)
                        .build())
                .onFailure(failure -> Problems.end(context, failure))
                .onSuccess(upload -> {
                    Problems.goOn(request);
                    storage.append(upload.getId(), 0, request)
                            .onSuccess(reply -> {
                                if (reply.hasFile()) {
                                    stored(context, reply.getFile(), replaces);
                                } else {
                                    storage.cancel(upload.getId());
                                    Problems.end(context, ProblemType.INVALID_REQUEST, "The body ended after "
                                            + reply.getUpload().getOffset() + " of " + length + " bytes.");
                                }
                            })
                            .onFailure(failure -> {
                                // In one go means that nothing is left to go on with.
                                storage.cancel(upload.getId());
                                Problems.end(context, failure);
                            });
                });
    }

    private static long length(HttpServerRequest request) throws InvalidRequest {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length == null) {
            return -1;
        }
        if (!length.matches("\\d{1,18}")) {
            throw new InvalidRequest("Content-Length is no number of bytes.");
        }
        return Long.parseLong(length);
    }

    private static void stored(RoutingContext context, StoredFile file, boolean replaces) {
        HttpServerResponse response = context.response();
        if (response.closed()) {
            return;
        }
        response.putHeader(HttpHeaders.ETAG, EntityTags.quoted(file.getEtag()));
        if (replaces) {
            response.setStatusCode(204).end();
        } else {
            response.setStatusCode(201)
                    .putHeader(HttpHeaders.LOCATION, StorageView.url(file.getAddress()))
                    .end();
        }
    }
}
