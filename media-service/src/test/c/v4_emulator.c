/*
 * An emulator of protocol v4: makes its segment and its socket in FOLDER, passes its eventfds, makes sound when asked,
 * and writes down what it is told, a message a line. Some of its kinds are no good.
 *
 * v4_emulator FOLDER argb|bgra LOG good|mute|leaves|garbage|pipe|talks|floods|liar|laps|wrong-pid|short
 */
#include "emulator.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

static struct V4Segment *segment;
static const char *kind;
static int bgra;
static int frame_event;
static int sound_event;
static FILE *told;
static unsigned long long played;
static unsigned shown;
static int left;

static int is(const char *what) {
    return strcmp(kind, what) == 0;
}

static void publish(unsigned index) {
    atomic_store(&segment->timestamp_us, (unsigned long long) now_us());
    atomic_store(&segment->ready_index, index);
    atomic_store(&segment->write_index, (index + 1) % 3);
    atomic_fetch_add(&segment->frame_count, 1);
    uint64_t one = 1;
    if (write(frame_event, &one, sizeof one) < 0 && errno != EAGAIN) {
        fail("eventfd");
    }
}

static void show(void) {
    unsigned index = atomic_load(&segment->write_index) % 3;
    int lies = is("liar") && shown++ < 60;
    segment->width = lies && shown % 4 == 0 ? 0xFFFFFFFF : lies && shown % 4 == 1 ? 1921 : PICTURE_WIDTH;
    segment->height = lies && shown % 4 == 2 ? 1081 : PICTURE_HEIGHT;
    segment->pixel_format = lies && shown % 4 == 3 ? 9 : (uint32_t) bgra;
    draw_test_picture(segment->frames[index], PICTURE_WIDTH, PICTURE_HEIGHT, V4_ROW,
                      bgra ? ORDER_BGRA : ORDER_ARGB);
    publish(index);
    if (lies && shown % 5 == 0) {
        atomic_store(&segment->ready_index, 7);
        segment->sound[0].samples = 0xFFFFFFFF;
        segment->sound[0].sample_rate = 0;
        atomic_store(&segment->audio_write_index, 0x80000001);
    }
}

/* Pictures of one colour each, as fast as they can be written. */
static void lap(void) {
    segment->width = 640;
    segment->height = 480;
    segment->pixel_format = (uint32_t) bgra;
    for (int i = 0; i < 50; i++) {
        unsigned index = atomic_load(&segment->write_index) % 3;
        shown++;
        for (int y = 0; y < 480; y++) {
            memset(segment->frames[index] + y * V4_ROW, (int) (shown & 0xFF), 640 * 4);
        }
        publish(index);
    }
}

static void play(void) {
    unsigned write = atomic_load(&segment->audio_write_index) % V4_SOUND_FRAMES;
    unsigned next = (write + 1) % V4_SOUND_FRAMES;
    if (next == atomic_load(&segment->audio_read_index)) {
        return;
    }
    struct V4Sound *sound = &segment->sound[write];
    sound->sample_rate = 44100;
    sound->channels = 2;
    sound->samples = 882;
    sound->format = 1;
    for (unsigned i = 0; i < 882; i++, played++) {
        int16_t sample = wave(played);
        for (int channel = 0; channel < 2; channel++) {
            sound->data[i * 4 + channel * 2] = (uint8_t) (sample >> 8);
            sound->data[i * 4 + channel * 2 + 1] = (uint8_t) sample;
        }
    }
    atomic_store(&segment->audio_write_index, next);
}

/* Takes one message; a sound request is carried out, the rest is written down. */
static void take(const uint8_t *message, size_t size) {
    if (message[0] == 5) {
        uint32_t samples;
        memcpy(&samples, message + 4, sizeof samples);
        if (samples == 960) {
            play();
        }
        return;
    }
    for (size_t i = 0; i < (size < 16 ? size : 16); i++) {
        fprintf(told, "%02x", message[i]);
    }
    fputc('\n', told);
    fflush(told);
    if (message[0] == 3 && message[4] == 2) {
        exit(0);
    }
    if (message[0] == 3 && message[4] == 3) {
        exit(75);
    }
}

static void listen_to(int control) {
    static uint8_t bytes[256];
    static size_t held;
    ssize_t got = read(control, bytes + held, sizeof bytes - held);
    if (got <= 0) {
        fprintf(told, "hung up\n");
        exit(0);
    }
    held += (size_t) got;
    size_t at = 0;
    while (held - at >= 8) {
        size_t size = bytes[at] == 2 ? 24 : 8;
        if (held - at < size) {
            break;
        }
        take(bytes + at, size);
        at += size;
    }
    memmove(bytes, bytes + at, held - at);
    held -= at;
}

/* The greeting: a byte, and descriptors beside it. */
static void greet(int control) {
    fprintf(told, "connected\n");
    fflush(told);
    if (is("mute")) {
        return;
    }
    char byte = is("garbage") ? 'X' : 'E';
    int pipes[2];
    if (pipe(pipes) != 0) {
        fail("pipe");
    }
    int descriptors[2] = {is("pipe") ? pipes[0] : frame_event, sound_event};
    char room[CMSG_SPACE(sizeof descriptors)] = {0};
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof descriptors);
    memcpy(CMSG_DATA(rights), descriptors, sizeof descriptors);
    if (sendmsg(control, &message, 0) != 1 || (is("talks") && write(control, "nonsense", 8) != 8)) {
        fail("sendmsg");
    }
    for (int i = 0; is("floods") && i < 32; i++) {
        if (write(control, "E", 1) < 0) {
            return;
        }
    }
}

int main(int argc, char **argv) {
    if (argc != 5) {
        return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    kind = argv[4];
    bgra = strcmp(argv[2], "bgra") == 0;
    told = fopen(argv[3], "w");
    frame_event = eventfd(0, EFD_NONBLOCK | EFD_SEMAPHORE);
    sound_event = eventfd(0, EFD_NONBLOCK | EFD_SEMAPHORE);
    char path[108];
    snprintf(path, sizeof path, "%s/macemu-%d.sock", argv[1], (int) getpid());
    struct sockaddr_un at = address(path);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    if (told == NULL || frame_event < 0 || listener < 0 || bind(listener, (struct sockaddr *) &at, sizeof at) != 0
            || listen(listener, 1) != 0) {
        fail(path);
    }
    snprintf(path, sizeof path, "%s/macemu-video-%d", argv[1], (int) getpid());
    size_t size = sizeof *segment - (is("short") ? 64 : 0);
    segment = map_file(path, size, 1);
    segment->pid = (uint32_t) getpid() + (is("wrong-pid") ? 1 : 0);
    segment->state = 1;
    segment->frame_eventfd = frame_event;
    segment->audio_eventfd = sound_event;
    segment->version = 4;
    atomic_thread_fence(memory_order_release);
    segment->magic = 0x4D454D34;

    struct pollfd wait[2] = {{.fd = listener, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
    for (int round = 0;; round++) {
        if (poll(wait, 2, is("laps") ? 0 : 5) < 0) {
            fail("poll");
        }
        if (wait[0].revents != 0 && wait[1].fd < 0) {
            int control = accept(listener, NULL, NULL);
            if (is("leaves") && !left) {
                left = 1;
                close(control);
                continue;
            }
            wait[1].fd = control;
            greet(control);
            wait[0].fd = -1;
        }
        if (wait[1].fd >= 0 && wait[1].revents != 0) {
            listen_to(wait[1].fd);
        }
        if (is("laps")) {
            lap();
        } else if (round % 4 == 0) {
            show();
        }
    }
}
