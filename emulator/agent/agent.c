#include "agent.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "answers.h"
#include "config.h"
#include "emulator.h"
#include "lifecycle.h"
#include "link.h"
#include "log.h"
#include "prefs.h"
#include "requests.h"

#define RECONNECT_MS 250

static const struct options *options;
static struct link server = {.fd = -1};
static uint64_t connect_at_ms;
static char last_complaint[256];

static void connect_to_server(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    connect_at_ms = now_ms() + RECONNECT_MS;
    if (strlen(options->control_socket) >= sizeof address.sun_path) {
        log_once(last_complaint, "the control socket's path is too long: %.100s...", options->control_socket);
        return;
    }
    memcpy(address.sun_path, options->control_socket, strlen(options->control_socket) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *) &address, sizeof address) != 0) {
        log_once(last_complaint, "waiting for the server at %.150s: %s", options->control_socket, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    last_complaint[0] = '\0';
    log_line("connected to %s", options->control_socket);
    link_open(&server, fd);
    lifecycle_send_status(0);
}

static void server_has_gone(void) {
    log_line("the server has gone");
    link_close(&server);
    connect_at_ms = now_ms() + RECONNECT_MS;
    requests_server_gone();
}

static void handle_signals(int signals) {
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD) {
            lifecycle_reap();
        } else {
            lifecycle_leave();
        }
    }
}

static uint64_t earlier(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static int next_timeout(void) {
    uint64_t now = now_ms(), next = earlier(lifecycle_deadline(), requests_deadline());
    next = earlier(next, server.fd < 0 ? connect_at_ms : now + 60000);
    return next > now ? (int) (next - now) : 0;
}

static void poll_once(int signals) {
    struct emulator *emulator = lifecycle_emulator();
    struct pollfd fds[] = {
        {.fd = signals, .events = POLLIN},
        {.fd = emulator->output, .events = POLLIN},
        {.fd = emulator->driver.fd, .events = link_events(&emulator->driver)},
        {.fd = server.fd, .events = link_events(&server)},
    };
    if (poll(fds, 4, next_timeout()) > 0) {
        if (fds[1].revents != 0) {
            emulator_read_output(emulator);
        }
        if (fds[2].revents != 0 && !link_serve(&emulator->driver, fds[2].revents, requests_from_driver, NULL)) {
            link_close(&emulator->driver); /* it is ending; SIGCHLD follows */
        }
        if (fds[3].revents != 0 && !link_serve(&server, fds[3].revents, requests_from_server, NULL)) {
            server_has_gone();
        }
        if (fds[0].revents != 0) {
            handle_signals(signals);
        }
    }
    lifecycle_watch();
    requests_watch();
    if (server.fd < 0 && now_ms() >= connect_at_ms) {
        connect_to_server();
    }
}

static bool prepare(void) {
    struct prefs prefs;
    char error[256];
    if (!prefs_load(&prefs, options->preferences, error)) {
        log_line("%s", error);
        return false;
    }
    bool prepared = config_prepare(&prefs, options, error) && prefs_save(&prefs, options->preferences, error);
    if (!prepared) {
        log_line("%s", error);
    }
    prefs_free(&prefs);
    return prepared;
}

int agent_run(const struct options *given) {
    options = given;
    if (!prepare()) {
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    sigset_t handled;
    sigemptyset(&handled);
    sigaddset(&handled, SIGCHLD);
    sigaddset(&handled, SIGTERM);
    sigaddset(&handled, SIGINT);
    sigprocmask(SIG_BLOCK, &handled, NULL);
    int signals = signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
    if (signals < 0) {
        log_line("no signals: %s", strerror(errno));
        return 1;
    }
    answers_to(&server);
    requests_start(options);
    lifecycle_start(options);
    while (!lifecycle_has_left()) {
        poll_once(signals);
    }
    link_close(&server);
    log_line("ended");
    return 0;
}
