#include "emulator.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ipc_protocol.h"
#include "journal.h"
#include "log.h"

#define CHILD_CONTROL_FD 3 /* where the driver finds its end of the socket pair */
#define STATUS_NOT_STARTED 127

uint64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t) now.tv_sec * 1000u + (uint64_t) now.tv_nsec / 1000000u;
}

void emulator_init(struct emulator *emulator) {
    emulator->pid = 0;
    emulator->output = -1;
    emulator->driver.fd = -1;
    emulator->driver.unsent_bytes = 0;
    emulator->complaint[0] = '\0';
    emulator->banner[0] = '\0';
}

static void set_preload(const char *folder) {
    const char *before = getenv("LD_PRELOAD");
    char *value;
    if (asprintf(&value, "%s/libmacemu-sdl.so:%s/libmacemu-nogtk.so%s%s", folder, folder, before != NULL ? ":" : "",
                 before != NULL ? before : "") >= 0) {
        setenv("LD_PRELOAD", value, 1);
        free(value);
    }
}

/* In the child: only the standard streams and the driver's socket stay open. */
static _Noreturn void become_emulator(const struct options *options, int control, int output, pid_t agent) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    setsid(); /* Ctrl-C reaches the agent alone, which ends the emulator in order */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != agent) {
        _exit(STATUS_NOT_STARTED); /* the agent died before the line above */
    }
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(input, STDIN_FILENO);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    if (control == CHILD_CONTROL_FD) {
        fcntl(control, F_SETFD, 0);
    } else {
        dup2(control, CHILD_CONTROL_FD);
    }
    char grace[16], descriptor[16];
    snprintf(grace, sizeof grace, "%d", options->grace_seconds);
    snprintf(descriptor, sizeof descriptor, "%d", CHILD_CONTROL_FD);
    setenv("MACEMU_SHUTDOWN_GRACE", grace, 1);
    setenv(MACEMU_ENV_CONTROL_FD, descriptor, 1);
    setenv("HOME", options->home, 1);
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    setenv("SDL_AUDIODRIVER", "dummy", 1);
    set_preload(options->driver_folder);
    execlp(options->emulator, options->emulator, "--config", options->preferences, (char *) NULL);
    int reason = errno;
    unsetenv("LD_PRELOAD");
    dprintf(STDERR_FILENO, "ERROR: %s cannot be started: %s\n", options->emulator, strerror(reason));
    _exit(STATUS_NOT_STARTED);
}

bool emulator_start(struct emulator *emulator, const struct options *options, char error[256]) {
    int control[2] = {-1, -1}, output[2] = {-1, -1};
    pid_t agent = getpid(), pid = -1;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) == 0 && pipe2(output, O_CLOEXEC) == 0) {
        pid = fork();
    }
    if (pid == 0) {
        become_emulator(options, control[1], output[1], agent);
    }
    int reason = errno;
    close(control[1]);
    close(output[1]);
    if (pid < 0) {
        close(control[0]);
        close(output[0]);
        snprintf(error, 256, "no process can be started: %s", strerror(reason));
        return false;
    }
    fcntl(output[0], F_SETFL, O_NONBLOCK);
    emulator->pid = pid;
    emulator->output = output[0];
    emulator->started_ms = now_ms();
    emulator->complaint[0] = '\0';
    line_buffer_reset(&emulator->words);
    link_open(&emulator->driver, control[0]);
    log_line("started %s, pid %d", options->emulator, (int) pid);
    return true;
}

/* Text for JSON and for a terminal: printable ASCII. */
static void copy_printable(char *to, size_t size, const char *from, size_t length) {
    size_t at = 0;
    for (size_t i = 0; i < length && at + 1 < size; i++) {
        unsigned char byte = (unsigned char) from[i];
        to[at++] = byte >= ' ' && byte < 0x7f ? (char) byte : byte == '\t' ? ' ' : '?';
    }
    to[at] = '\0';
}

/* The text after the prefix, or NULL. */
static const char *after(const char *text, const char *prefix) {
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

static void heard(void *context, const char *line, size_t length) {
    struct emulator *emulator = context;
    char text[512];
    if (line == NULL) {
        return;
    }
    copy_printable(text, sizeof text, line, length);
    dprintf(STDERR_FILENO, "%s\n", text);
    journal_add("emulator", text);
    const char *complaint = after(text, "ERROR: ");
    complaint = complaint != NULL ? complaint : after(text, "macemu-nogtk: dialog text: ");
    complaint = complaint != NULL ? complaint : after(text, "macemu-nogtk: error: ");
    if (complaint != NULL && emulator->complaint[0] == '\0') {
        snprintf(emulator->complaint, sizeof emulator->complaint, "%.250s", complaint);
    }
    /* "Basilisk II V1.0 by ...", "SheepShaver V2.4 by ..." */
    const char *by = strstr(text, " by "), *version = strstr(text, " V");
    if (emulator->banner[0] == '\0' && version != NULL && by != NULL && version < by && by - text < 60) {
        snprintf(emulator->banner, sizeof emulator->banner, "%.*s", (int) (by - text), text);
    }
}

void emulator_read_output(struct emulator *emulator) {
    char block[4096];
    ssize_t count;
    for (int i = 0; i < 16; i++) { /* an emulator that prints without end does not keep us here */
        count = emulator->output >= 0 ? read(emulator->output, block, sizeof block) : -1;
        if (count > 0) {
            line_buffer_feed(&emulator->words, block, (size_t) count, heard, emulator);
            continue;
        }
        if (count == 0) {
            close(emulator->output);
            emulator->output = -1;
        }
        return;
    }
}

void emulator_kill(struct emulator *emulator) {
    if (emulator->pid > 0) {
        kill(-emulator->pid, SIGKILL); /* it leads a session: what it started goes with it */
        kill(emulator->pid, SIGKILL);
    }
}

enum emulator_exit emulator_ended(struct emulator *emulator, int wait_status, char reason[256]) {
    emulator_read_output(emulator);
    if (emulator->output >= 0) { /* a program it started may hold the other end */
        close(emulator->output);
        emulator->output = -1;
    }
    link_close(&emulator->driver);
    emulator->pid = 0;
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == MACEMU_EXIT_RESTART) {
        return EXIT_RESTART;
    }
    if (WIFEXITED(wait_status) && emulator->complaint[0] != '\0') {
        snprintf(reason, 256, "%s", emulator->complaint);
        return EXIT_REFUSED;
    }
    if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0) {
        snprintf(reason, 256, "the Mac was switched off");
        return EXIT_OFF;
    }
    if (WIFSIGNALED(wait_status)) {
        snprintf(reason, 256, "the emulator ended by signal %d (%s)", WTERMSIG(wait_status),
                 strsignal(WTERMSIG(wait_status)));
    } else {
        snprintf(reason, 256, "the emulator ended with status %d", WEXITSTATUS(wait_status));
    }
    return EXIT_CRASHED;
}
