# control-service: the web client and the REST API.
#
# Built from the repository's root:
#   docker build -f docker/control-service.Dockerfile -t macemu-webrtc/control-service .
#
#   JDK_IMAGE   JDK 25 and Maven; makes the Java runtime and, with APP=built, the application
#   BASE_IMAGE  what the image runs on. Debian 12, because the encoders are bound to the ABI of its libvpx 7
#   APP         built: by Maven in this build. prebuilt: taken from control-service/target/quarkus-app,
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
    mvn -B --no-transfer-progress -DskipTests -Dquarkus.package.jar.type=aot-jar -pl control-service -am package \
    && mv control-service/target/quarkus-app /app

FROM scratch AS prebuilt
COPY control-service/target/quarkus-app /app

FROM ${APP} AS app

FROM ${BASE_IMAGE} AS runtime
RUN groupadd --gid 10001 macemu \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin macemu
COPY --from=jdk /opt/java /opt/java
COPY --from=app /app /app
COPY --chmod=0755 docker/health-check /usr/local/bin/health-check
ENV PATH=/opt/java/bin:$PATH \
    LANG=C.UTF-8
WORKDIR /tmp
USER 10001:10001

# Start-up: the cache belongs to this Java runtime and to these files in this place; README.md has the figures.
FROM runtime AS trained
COPY --chmod=0755 docker/train-aot /usr/local/bin/train-aot
RUN train-aot 8000 /tmp/app.aot --enable-native-access=ALL-UNNAMED -XX:+UnlockDiagnosticVMOptions \
    -XX:ArchiveRelocationMode=0 -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xms16m \
    -XX:MaxRAMPercentage=40 -XX:+ExitOnOutOfMemoryError

FROM runtime
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
ARG BASE_IMAGE
LABEL org.opencontainers.image.title="macemu-webrtc control-service" \
      org.opencontainers.image.description="Web client and REST API of macemu-webrtc" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
COPY --from=trained --chown=0:0 /tmp/app.aot /app/app.aot
EXPOSE 8000/tcp
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=3 \
    CMD health-check "${QUARKUS_HTTP_PORT:-8000}" /q/health/live
# More options of the JVM: JDK_JAVA_OPTIONS.
# The cache is mapped at the address that it was made for: its pages stay the file's, shared by all containers of a node,
# instead of being patched in memory of each one's own.
# The first compiler only: nothing here is hot, and the second takes memory and start-up time.
ENTRYPOINT ["java", "-XX:AOTCache=/app/app.aot", "--enable-native-access=ALL-UNNAMED", \
    "-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", \
    "-Xms16m", "-XX:MaxRAMPercentage=40", "-XX:+ExitOnOutOfMemoryError", "-jar", "/app/quarkus-run.jar"]
