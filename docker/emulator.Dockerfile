# emulator: Debian's unmodified Basilisk II, the driver that is preloaded into it, the agent that starts it, and a
# demonstration ROM.
#
# Built from the repository's root:  docker build -f docker/emulator.Dockerfile -t macemu-webrtc/emulator .
#
#   BASE_IMAGE  Debian 12: the release whose section contrib has Basilisk II with SDL 2
#   VERSION, REVISION  for the labels
#
# Give BASE_IMAGE by digest (name@sha256:...) where builds must be repeatable.
ARG BASE_IMAGE=debian:bookworm-slim

FROM ${BASE_IMAGE} AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev make pkg-config libsdl2-dev libjson-c-dev \
        libsdl2-2.0-0 libgtk2.0-0 libvdeplug2 libtinyxml2-9
COPY emulator /src/emulator
RUN make -C /src/emulator all \
    && mkdir -p /opt/macemu/agent /opt/macemu/demo-rom \
    && cp /src/emulator/build/macemu-agent /src/emulator/build/*.so /opt/macemu/agent/ \
    && cp /src/emulator/demo-rom/demo.rom /opt/macemu/demo-rom/
RUN /src/emulator/fetch-basilisk2.sh /tmp/fetched \
    && mv /tmp/fetched/basilisk2 /opt/macemu/basilisk2

FROM ${BASE_IMAGE}
# Basilisk II is linked with GTK for a settings window that is never opened here.
RUN groupadd --gid 10001 macemu \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin macemu \
    && apt-get update \
    && apt-get install --yes --no-install-recommends libsdl2-2.0-0 libgtk2.0-0 libvdeplug2 libtinyxml2-9 \
    && install -d -o 10001 -g 10001 /storage /storage/roms /storage/images /storage/prefs \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/cache/ldconfig/aux-cache /var/log/*.log /var/log/apt
COPY --from=build /opt/macemu /opt/macemu
COPY --chmod=0755 docker/health-check docker/start-mac /usr/local/bin/
ENV LANG=C.UTF-8 \
    MACEMU_CONTROL_SOCK=/tmp/macemu-control.sock \
    BASILISK_ROMS=/storage/roms \
    BASILISK_IMAGES=/storage/images
WORKDIR /tmp
USER 10001:10001
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION=unknown
ARG BASE_IMAGE
LABEL org.opencontainers.image.title="macemu-webrtc emulator" \
      org.opencontainers.image.description="Basilisk II of Debian with the driver and agent of macemu-webrtc and a demonstration ROM" \
      org.opencontainers.image.licenses="Apache-2.0 AND GPL-2.0-or-later" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="${BASE_IMAGE}"
HEALTHCHECK --interval=30s --timeout=4s --start-period=15s --retries=3 \
    CMD ["health-check", "process", "macemu-agent"]
ENTRYPOINT ["start-mac"]
CMD ["--screen", "640x480"]
