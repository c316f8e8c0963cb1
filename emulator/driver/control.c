#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "audio.h"
#include "input.h"
#include "line_buffer.h"
#include "log.h"
#include "messages.h"
#include "video.h"

#define RETRY_MS 250
#define READ_BLOCK 4096
/* Answers wait here while the server does not read: a few hundred lines; beyond that whole lines are dropped. */
#define MAX_UNSENT 65536

static struct {
    int fd;
    bool inherited;
    struct line_buffer lines;
    char unsent[MAX_UNSENT];
    size_t unsent_bytes;
    char last_complaint[256];
} control = {.fd = -1};

static void flush_answers(void) {
    while (control.unsent_bytes > 0) {
        ssize_t sent = send(control.fd, control.unsent, control.unsent_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent <= 0) {
            return; /* full: poll() tells when it goes on; broken: read() finds out */
        }
        control.unsent_bytes -= (size_t) sent;
        memmove(control.unsent, control.unsent + sent, control.unsent_bytes);
    }
}

static void answer(const char *line, size_t length) {
    if (length + 1 > MAX_UNSENT - control.unsent_bytes) {
        return;
    }
    memcpy(control.unsent + control.unsent_bytes, line, length);
    control.unsent[control.unsent_bytes + length] = '\n';
    control.unsent_bytes += length + 1;
    flush_answers();
}

static void handle_line(void *context, const char *line, size_t length) {
    (void) context;
    switch (messages_handle(line, length, answer)) {
        case MESSAGE_DONE:
            break;
        case MESSAGE_RESTART:
            log_line("restart requested");
            _exit(MACEMU_EXIT_RESTART);
        case MESSAGE_SHUTDOWN:
            log_line("shutdown requested");
            messages_begin_shutdown();
            break;
    }
}

static int connect_to_server(void) {
    const char *path = getenv(MACEMU_ENV_CONTROL_SOCK);
    if (path == NULL || path[0] == '\0') {
        path = MACEMU_DEFAULT_CONTROL_SOCK;
    }
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        log_once(control.last_complaint, "control socket path is longer than %zu bytes: %.100s...",
                 sizeof address.sun_path - 1, path);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    if (connect(fd, (struct sockaddr *) &address, sizeof address) != 0) {
        log_once(control.last_complaint, "waiting for the server at %s: %s", path, strerror(errno));
        close(fd);
        return -1;
    }
    log_line("connected to %s", path);
    control.last_complaint[0] = '\0';
    return fd;
}

static void disconnect(const char *reason) {
    log_line("control connection closed: %s", reason);
    close(control.fd);
    control.fd = -1;
    input_release_all();
}

static void serve_connection(void) {
    struct pollfd poll_fd = {.fd = control.fd, .events = (short) (POLLIN | (control.unsent_bytes > 0 ? POLLOUT : 0))};
    int ready = poll(&poll_fd, 1, RETRY_MS);
    if (ready <= 0) {
        return;
    }
    if (poll_fd.revents & POLLOUT) {
        flush_answers();
    }
    if (poll_fd.revents & (POLLIN | POLLHUP | POLLERR)) {
        char block[READ_BLOCK];
        ssize_t count = read(control.fd, block, sizeof block);
        if (count > 0) {
            line_buffer_feed(&control.lines, block, (size_t) count, handle_line, NULL);
        } else if (count == 0) {
            disconnect("the server has gone");
        } else if (errno != EINTR && errno != EAGAIN) {
            disconnect(strerror(errno));
        }
    }
}

static int inherited_descriptor(void) {
    const char *text = getenv(MACEMU_ENV_CONTROL_FD);
    if (text == NULL || text[0] == '\0') {
        return -1;
    }
    char *end;
    long fd = strtol(text, &end, 10);
    if (*end != '\0' || fd < 0 || fcntl((int) fd, F_GETFD) < 0) {
        log_line("%s=%s names no open descriptor", MACEMU_ENV_CONTROL_FD, text);
        return -1;
    }
    fcntl((int) fd, F_SETFD, FD_CLOEXEC);
    unsetenv(MACEMU_ENV_CONTROL_FD);
    return (int) fd;
}

static void *run(void *unused) {
    (void) unused;
    uint64_t last_look = 0;
    for (;;) {
        uint64_t now = monotonic_us();
        if (now - last_look >= RETRY_MS * 1000u) {
            last_look = now;
            video_follow_segment();
            audio_follow_segment();
        }
        if (control.fd >= 0) {
            serve_connection();
            continue;
        }
        if (!control.inherited) {
            control.fd = connect_to_server();
            line_buffer_reset(&control.lines);
            control.unsent_bytes = 0;
        }
        if (control.fd < 0) {
            poll(NULL, 0, RETRY_MS);
        }
    }
    return NULL;
}

void control_start(void) {
    control.fd = inherited_descriptor();
    control.inherited = control.fd >= 0;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pthread_t thread;
    int failure = pthread_create(&thread, NULL, run, NULL);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failure != 0) {
        log_line("no control thread: %s", strerror(failure));
        return;
    }
    pthread_setname_np(thread, "macemu-control");
    pthread_detach(thread);
}
