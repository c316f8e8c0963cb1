package org.macemu.webrtc.media.config;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Settings of the media-service; each property can be given as an environment variable, such as MACEMU_VIDEO_SHM. */
@ConfigMapping(prefix = "macemu")
public interface MediaConfig {

    /** Shared-memory name of the video segment, as for shm_open. */
    @WithDefault("/macemu-video")
    String videoShm();

    /** Shared-memory name of the audio segment, as for shm_open. */
    @WithDefault("/macemu-audio")
    String audioShm();

    /** Path of the control socket. */
    @WithDefault("/tmp/macemu-control.sock")
    String controlSock();

    Emulator emulator();

    Shm shm();

    Control control();

    Video video();

    Audio audio();

    Viewers viewers();

    Rtc rtc();

    Tls tls();

    Edge edge();

    Storage storage();

    /** Which emulators are served. */
    interface Emulator {

        /**
         * What the emulator speaks. With {@code v1} both layouts of version 1 are taken as they come, and a new segment
         * is as the design has it; {@code v1-as-first-coded} makes new segments as an emulator needs them that neither
         * makes nor sizes them itself; {@code v4} looks for an emulator that owns its segment and socket.
         */
        @WithDefault("v1")
        Protocol protocol();

        /** The process to connect to, with {@code v4} and more than one emulator; by default the newest. */
        OptionalInt pid();

        /** Where such emulators have their sockets. */
        @WithDefault("/tmp")
        Path socketDirectory();

        /** The protocols of the emulators that are known. */
        enum Protocol {
            V1,
            V1_AS_FIRST_CODED,
            V4
        }
    }

    /** How segments are made. */
    interface Shm {

        /** Folder of shared-memory objects. */
        @WithDefault("/dev/shm")
        String directory();

        /** Permissions of new segments. The default keeps other local users from reading the screen. */
        @WithDefault("rw-------")
        String permissions();

        /** Bytes of one picture in a new segment: 1920 x 1080 x 4. */
        @WithDefault("8294400")
        long maxFrameSize();
    }

    /** Mutual TLS between the services. */
    interface Tls {

        /**
         * Folder of this service's certificate and key, and of the authorities its callers' certificates are from:
         * {@code tls.crt}, {@code tls.key} and {@code ca.crt}, as in secrets of cert-manager; read again every minute.
         * Goes with the profile {@code mtls} ({@code QUARKUS_PROFILE=prod,mtls}).
         */
        Optional<Path> folder();
    }

    /** Audience beyond one machine. */
    interface Edge {

        /**
         * {@code host:port} of the media-service beside the emulator. With it this process is an edge: it has no emulator
         * of its own, and serves viewers with what the origin encodes.
         */
        Optional<String> origin();

        /** How this edge is called in the origin's log; by default the machine's or pod's name. */
        @WithDefault("${HOSTNAME:edge}")
        String name();

        /** How long viewers may take to move elsewhere when this edge is told to end. */
        @WithDefault("120s")
        Duration drain();
    }

    /** The emulator's socket. */
    interface Control {

        /** Permissions of the socket. */
        @WithDefault("rw-------")
        String permissions();

        /** Users besides this process's own that may connect as the emulator or own a segment. */
        Optional<List<Integer>> allowedUids();

        /** How long the emulator may take to answer a request. */
        @WithDefault("3s")
        Duration timeout();
    }

    /** Picture. */
    interface Video {

        /** Bit rate that a changing screen starts with, kbit/s. */
        @WithDefault("2000")
        int bitrate();

        /** Highest bit rate, kbit/s. */
        @WithDefault("4000")
        int maxBitrate();

        /** Lowest bit rate, kbit/s. */
        @WithDefault("300")
        int minBitrate();

        /**
         * Whether the network of whoever holds the controls, or watches alone, steers the bit rate of the shared lane:
         * from {@code bitrate} down to {@code min-bitrate}, or to half of {@code bitrate} while others watch too.
         */
        @WithDefault("true")
        boolean followController();

        /**
         * Temporal layers of the shared lane, 1 or 2. With 2 a viewer with a slow network gets every other picture
         * until its network has been clear for a while, and waits for a key frame only when it cannot follow that
         * either; scrolling looks worse for everybody at the same bit rate.
         */
        @WithDefault("1")
        int temporalLayers();
    }

    /** Sound. */
    interface Audio {

        /** Bit rate of Opus, kbit/s. */
        @WithDefault("96")
        int bitrate();
    }

    /** The audience of one session. */
    interface Viewers {

        /** Viewers of this session at most, whichever lane they are on. */
        @WithDefault("500")
        int max();

        /** Viewers on the adaptive lane at most; each costs an encoder of its own, about a tenth of a core. */
        @WithDefault("8")
        int maxAdaptive();

        /** How long a viewer may take from its offer until media flows. */
        @WithDefault("30s")
        Duration connectTimeout();

        /**
         * How long a browser may stay joined without media: after this its call is ended, should nobody else end it.
         */
        @WithDefault("2m")
        Duration idleTimeout();
    }

    /** WebRTC transport. */
    interface Rtc {

        /** The one UDP and TCP port of the shared lane. */
        @WithDefault("8189")
        int port();

        /** Local addresses of that port. */
        @WithDefault("127.0.0.1")
        List<String> bind();

        /** Addresses told to browsers instead of the bound ones: what a router or load balancer forwards from. */
        Optional<List<String>> advertise();

        /** Lane of viewers that do not ask for one: shared or adaptive. */
        @WithDefault("shared")
        String lane();

        /** Lowest UDP port of adaptive-lane connections; 0: any. */
        @WithDefault("0")
        int adaptiveMinPort();

        /** Highest UDP port of adaptive-lane connections; 0: any. */
        @WithDefault("0")
        int adaptiveMaxPort();

        /** URLs of STUN and TURN servers told to browsers. None by default: an unreachable one delays the picture. */
        Optional<List<String>> iceServers();

        /** User name at the TURN servers. */
        Optional<String> iceUsername();

        /** Password at the TURN servers. */
        Optional<String> iceCredential();

        /**
         * Secret shared with the TURN servers (coturn's static-auth-secret), in place of user name and password: each
         * viewer is told credentials of its own.
         */
        Optional<String> iceSecret();

        /** How long those credentials hold. */
        @WithDefault("24h")
        Duration iceCredentialValidity();
    }

    /** ROMs, disk images and CD images. */
    interface Storage {

        /** Folder of ROMs. */
        @WithDefault("${BASILISK_ROMS:./storage/roms}")
        Path roms();

        /** Folder of disk and CD images. */
        @WithDefault("${BASILISK_IMAGES:./storage/images}")
        Path images();

        /** Size of a ROM at most; the largest of a Macintosh has 4 MiB. */
        @WithDefault("8M")
        MemorySize maxRomSize();

        /** Size of a disk or CD image at most. */
        @WithDefault("8G")
        MemorySize maxImageSize();

        /** Free space that uploads and new images leave, for what the Mac itself writes. */
        @WithDefault("64M")
        MemorySize reserve();

        /** How long an upload may rest before it is forgotten. */
        @WithDefault("24h")
        Duration uploadExpiry();

        /** Uploads that have begun and not ended, at most. */
        @WithDefault("16")
        int maxUploads();
    }
}
