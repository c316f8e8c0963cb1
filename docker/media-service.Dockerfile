# media-service: shared memory and the control socket on one side, WebRTC on the other.
#
# Built from the repository's root:  docker build -f docker/media-service.Dockerfile -t macemu-webrtc/media-service .
#
#   JDK_IMAGE   JDK 25 and Maven; makes the Java runtime and, with APP=built, the application
#   BASE_IMAGE  what the image runs on. Debian 12, because the encoders are bound to the ABI of its libvpx 7
#   APP         built: by Maven in this build. prebuilt: taken from media-service/target/quarkus-app,
#               made before with  mvn -DskipTests -Dquarkus.package.jar.type=aot-jar package
#   VERSION, REVISION  for the labels
#
# Give the images by digest (name@sha256:...) where builds must be repeatable.
ARG JDK_IMAGE=maven:3.9-eclipse-temurin-25
ARG BASE_IMAGE=debian:bookworm-slim
ARG APP=built

# The Java runtime: Java SE whole, so that no library meets a missing module, without what only developers need.
FROM ${JDK_IMAGE} AS jdk
RUN jlink --add-modules java.se,jdk.charsets,jdk.crypto.cryptoki,jdk.jcmd,jdk.jfr,jdk.localedata,jdk.management \
        --add-modules jdk.management.agent,jdk.naming.dns,jdk.net,jdk.security.auth,jdk.unsupported,jdk.zipfs \
        --include-locales en,de --strip-java-debug-attributes --no-header-files --no-man-pages \
        --output /opt/java

FROM jdk AS built
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.m2,sharing=locked \
    mvn -B --no-transfer-progress -DskipTests -Dquarkus.package.jar.type=aot-jar -pl media-service -am package \
    && mv media-service/target/quarkus-app /app

FROM scratch AS prebuilt
COPY media-service/target/quarkus-app /app

FROM ${APP} AS app

FROM ${BASE_IMAGE} AS runtime
RUN groupadd --gid 10001 macemu \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin macemu \
    && apt-get update \
    && apt-get install --yes --no-install-recommends libvpx7 libopus0 libyuv0 hfsutils \
        libssl3 libpulse0 libx11-6 libxfixes3 libxrandr2 libxcomposite1 libdbus-1-3 libstdc++6 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/cache/ldconfig/aux-cache /var/log/*.log /var/log/apt
COPY --from=jdk /opt/java /opt/java
COPY --from=app /app /app
COPY --chmod=0755 docker/health-check /usr/local/bin/health-check
ENV PATH=/opt/java/bin:$PATH \
    LANG=C.UTF-8 \
    MALLOC_ARENA_MAX=2 \
    MACEMU_CONTROL_SOCK=/tmp/macemu-control.sock
WORKDIR /tmp
USER 10001:10001

# Start-up: the cache belongs to this Java runtime and to these files in this place; README.md has the figures.
FROM runtime AS trained
COPY --chmod=0755 docker/train-aot /usr/local/bin/train-aot
RUN train-aot 8010 /tmp/app.aot --enable-native-access=ALL-UNNAMED -XX:+UnlockDiagnosticVMOptions \
    -XX:ArchiveRelocationMode=0 -XX:+UseSerialGC -Xms48m -Xmn16m -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40 \
    -XX:MaxRAMPercentage=40 -XX:TrimNativeHeapInterval=10000 -XX:+ExitOnOutOfMemoryError

FROM runtime
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
ARG BASE_IMAGE
LABEL org.opencontainers.image.title="macemu-webrtc media-service" \
      org.opencontainers.image.description="Screen and sound of a classic Mac, encoded once, for every viewer over WebRTC" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
COPY --from=trained --chown=0:0 /tmp/app.aot /app/app.aot
EXPOSE 8010/tcp 8189/udp 8189/tcp
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=3 \
    CMD health-check "${MACEMU_MEDIA_PORT:-8010}" /q/health/live
# More options of the JVM: JDK_JAVA_OPTIONS.
# The cache is mapped at the address that it was made for: its pages stay the file's, shared by all containers of a node,
# instead of being patched in memory of each one's own.
# The second compiler stays on: the fan-out's encryption is worth it. What it leaves behind is given back (trim).
# Garbage ends young, in 16 MiB of its own; the old generation stays within a fifth of what is alive.
ENTRYPOINT ["java", "-XX:AOTCache=/app/app.aot", "--enable-native-access=ALL-UNNAMED", \
    "-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0", "-XX:+UseSerialGC", "-Xms48m", "-Xmn16m", \
    "-XX:MinHeapFreeRatio=20", "-XX:MaxHeapFreeRatio=40", "-XX:MaxRAMPercentage=40", \
    "-XX:TrimNativeHeapInterval=10000", "-XX:+ExitOnOutOfMemoryError", "-jar", "/app/quarkus-run.jar"]
