package org.macemu.webrtc.control.web;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import org.macemu.webrtc.api.grpc.CreateUploadRequest;
import org.macemu.webrtc.api.grpc.FileAddress;
import org.macemu.webrtc.api.grpc.Upload;
import org.macemu.webrtc.control.client.StorageClient;
import org.macemu.webrtc.control.problem.ProblemType;
import org.macemu.webrtc.control.problem.Problems;
import org.macemu.webrtc.control.rest.StorageView;
import org.macemu.webrtc.control.service.EntityTags;
import org.macemu.webrtc.control.service.InvalidRequest;
import org.macemu.webrtc.control.service.UploadMetadata;

/**
 * Uploads that can be resumed: tus 1.0.0 (tus.io) with its extensions creation, expiration and termination. The state is
 * the media-service's; nothing is kept here between requests. Runs on the event loop of the request.
 */
@Singleton
public class TusUploads {

    private static final String VERSION = "1.0.0";
    private static final String TUS_RESUMABLE = "Tus-Resumable";
    private static final String UPLOAD_OFFSET = "Upload-Offset";
    private static final String UPLOAD_LENGTH = "Upload-Length";
    private static final String UPLOAD_EXPIRES = "Upload-Expires";
    private static final String UPLOAD_METADATA = "Upload-Metadata";
    private static final String CONTENT_TYPE = "application/offset+octet-stream";
    private static final String COLLECTION = StorageView.UPLOADS.substring(0, StorageView.UPLOADS.length() - 1);
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    private final StorageClient storage;

    @Inject
    TusUploads(StorageClient storage) {
        this.storage = storage;
    }

    /** Handles a request whose version has been checked. */
    private interface Handler {
        void handle(RoutingContext context) throws InvalidRequest;
    }

    void register(@Observes Router router) {
        router.route(HttpMethod.OPTIONS, COLLECTION).order(FileTransfers.BEFORE_LIMIT).handler(this::options);
        route(router, HttpMethod.POST, COLLECTION, this::create);
        String upload = StorageView.UPLOADS + ":id";
        route(router, HttpMethod.HEAD, upload, this::head);
        route(router, HttpMethod.PATCH, upload, this::append);
        route(router, HttpMethod.DELETE, upload, this::cancel);
        route(router, HttpMethod.POST, upload, this::overridden);
        refuseOthers(router, COLLECTION, "OPTIONS, POST");
        refuseOthers(router, upload, "DELETE, HEAD, PATCH");
    }

    private static void refuseOthers(Router router, String path, String allowed) {
        router.route(path).order(FileTransfers.BEFORE_LIMIT + 1).handler(context -> {
            context.response().putHeader(HttpHeaders.ALLOW, allowed);
            Problems.end(context, ProblemType.METHOD_NOT_ALLOWED, "Uploads (tus " + VERSION + ") offer " + allowed
                    + "; GET /api/v1/storage/files lists them.");
        });
    }

    private void route(Router router, HttpMethod method, String path, Handler handler) {
        router.route(method, path).order(FileTransfers.BEFORE_LIMIT).handler(context -> {
            context.request().pause();
            context.response().putHeader(TUS_RESUMABLE, VERSION);
            String version = context.request().getHeader(TUS_RESUMABLE);
            if (!VERSION.equals(version)) {
                context.response().putHeader("Tus-Version", VERSION);
                Problems.end(
                        context,
                        ProblemType.TUS_VERSION_UNKNOWN,
                        "Tus-Resumable is " + (version == null ? "missing" : "another version") + "; " + VERSION
                                + " is expected.");
                return;
            }
            try {
                handler.handle(context);
            } catch (InvalidRequest e) {
                Problems.end(context, ProblemType.INVALID_REQUEST, e.getMessage());
            }
        });
    }

    private void options(RoutingContext context) {
        storage.list()
                .onSuccess(listing -> context.response()
                        .putHeader(TUS_RESUMABLE, VERSION)
                        .putHeader("Tus-Version", VERSION)
                        .putHeader("Tus-Extension", "creation,expiration,termination")
                        .putHeader(
                                "Tus-Max-Size",
                                String.valueOf(listing.getFoldersList().stream()
                                        .mapToLong(f -> f.getMaxFileSize())
                                        .max()
                                        .orElse(0)))
                        .setStatusCode(204)
                        .end())
                .onFailure(failure -> Problems.end(context, failure));
    }

    private void create(RoutingContext context) throws InvalidRequest {
        HttpServerRequest request = context.request();
        UploadMetadata metadata = UploadMetadata.parse(request.getHeader(UPLOAD_METADATA));
        CreateUploadRequest upload = CreateUploadRequest.newBuilder()
                .setAddress(FileAddress.newBuilder()
                        .setFolder(metadata.folder())
                        .setName(metadata.name()))
                .setLength(number(request, UPLOAD_LENGTH))
                .setReplace(CreateUploadRequest.Replace.newBuilder()
                        .setAny(metadata.overwrite())
                        .setEtag(EntityTags.one(request.getHeader(HttpHeaders.IF_MATCH))))
                .build();
        storage.begin(upload)
                .onSuccess(begun -> facts(context.response(), begun)
                        .putHeader(HttpHeaders.LOCATION, StorageView.UPLOADS + begun.getId())
                        .setStatusCode(201)
                        .end())
                .onFailure(failure -> Problems.end(context, failure));
    }

    private void head(RoutingContext context) {
        storage.upload(context.pathParam("id"))
                .onSuccess(upload -> facts(context.response(), upload)
                        .putHeader(UPLOAD_LENGTH, String.valueOf(upload.getLength()))
                        .putHeader(UPLOAD_METADATA, metadata(upload.getAddress()))
                        .setStatusCode(200)
                        .end())
                .onFailure(failure -> Problems.end(context, failure));
    }

    private void append(RoutingContext context) throws InvalidRequest {
        HttpServerRequest request = context.request();
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        if (type == null || !type.strip().toLowerCase(Locale.ROOT).equals(CONTENT_TYPE)) {
            Problems.end(context, ProblemType.UNSUPPORTED_MEDIA_TYPE, "Content-Type is "
                    + (type == null ? "missing" : "another one") + "; " + CONTENT_TYPE + " is expected.");
            return;
        }
        long offset = number(request, UPLOAD_OFFSET);
        String id = context.pathParam("id");
        Problems.goOn(request);
        storage.append(id, offset, request)
                .onSuccess(reply -> {
                    if (!context.response().closed()) {
                        facts(context.response(), reply.getUpload()).setStatusCode(204).end();
                    }
                })
                .onFailure(failure -> Problems.end(context, failure));
    }

    /** Clients that have no PATCH say so in a header, as tus demands. */
    private void overridden(RoutingContext context) throws InvalidRequest {
        switch (String.valueOf(context.request().getHeader("X-HTTP-Method-Override"))) {
            case "PATCH" -> append(context);
            case "DELETE" -> cancel(context);
            default -> {
                context.response().putHeader(HttpHeaders.ALLOW, "DELETE, HEAD, PATCH");
                Problems.end(
                        context,
                        ProblemType.METHOD_NOT_ALLOWED,
                        "X-HTTP-Method-Override is neither PATCH nor DELETE.");
            }
        }
    }

    private void cancel(RoutingContext context) {
        storage.cancel(context.pathParam("id"))
                .onSuccess(ignored -> context.response().setStatusCode(204).end())
                .onFailure(failure -> Problems.end(context, failure));
    }

    private static HttpServerResponse facts(HttpServerResponse response, Upload upload) {
        return response.putHeader(UPLOAD_OFFSET, String.valueOf(upload.getOffset()))
                .putHeader(UPLOAD_EXPIRES, HTTP_DATE.format(Instant.ofEpochMilli(upload.getExpiresMs())));
    }

    private static String metadata(FileAddress address) {
        return "folder " + base64(UploadMetadata.name(address.getFolder())) + ",filename " + base64(address.getName());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static long number(HttpServerRequest request, String header) throws InvalidRequest {
        String text = request.getHeader(header);
        if (text == null || !text.matches("\\d{1,18}")) {
            throw new InvalidRequest(
                    header + " is " + (text == null ? "missing" : "no number of bytes") + "; a number is expected.");
        }
        return Long.parseLong(text);
    }
}
