#include "lifecycle.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "answers.h"
#include "journal.h"
#include "log.h"
#include "prefs.h"
#include "requests.h"

#define RESTART_TIMEOUT_MS 2000
#define MAX_CRASHES 5
#define STABLE_MS 60000 /* a Mac that ran this long has not crashed "in a row" */

static const struct options *options;
static struct emulator emulator;

static enum state { STOPPED, RUNNING, ENDING, WAITING, FAILED } state = STOPPED;
static bool start_again;      /* ENDING: what comes afterwards */
static uint64_t deadline_ms;  /* ENDING: force; WAITING: the next start */
static char reason[400];      /* why it does not run */
static int starts, crashes;
static bool leaving;

static const char *state_name(void) {
    switch (state) {
        case RUNNING: return "running";
        case ENDING: return start_again ? "restarting" : "stopping";
        case WAITING: return "restarting";
        case FAILED: return "failed";
        case STOPPED: break;
    }
    return "stopped";
}

static void add_identity(struct json_object *status) {
    const char *version = strstr(emulator.banner, " V");
    const char *name = options->kind == SHEEPSHAVER ? "SheepShaver" : "Basilisk II";
    json_object_object_add(status, "emulator", json_object_new_string(name));
    json_object_object_add(status, "version", json_object_new_string(
            options->version != NULL ? options->version : version != NULL ? version + 2 : "unknown"));
}

void lifecycle_send_status(int fps) {
    struct json_object *status = new_message("status");
    bool running = emulator.pid > 0;
    json_object_object_add(status, "running", json_object_new_boolean(running));
    json_object_object_add(status, "fps", json_object_new_int(fps));
    json_object_object_add(status, "state", json_object_new_string(state_name()));
    json_object_object_add(status, "uptime",
                           json_object_new_int64(running ? (int64_t) (now_ms() - emulator.started_ms) / 1000 : 0));
    add_identity(status);
    json_object_object_add(status, "pid", json_object_new_int((int) emulator.pid));
    json_object_object_add(status, "starts", json_object_new_int(starts));
    if (!running && reason[0] != '\0') {
        json_object_object_add(status, state == FAILED ? "error" : "reason", json_object_new_string(reason));
    }
    send_message(status);
}

static void set_state(enum state next) {
    state = next;
    if (next == RUNNING) {
        reason[0] = '\0';
    }
    log_line("%s%s%s", state_name(), reason[0] != '\0' ? ": " : "", reason);
    char entry[480];
    snprintf(entry, sizeof entry, "%s%s%s", state_name(), reason[0] != '\0' ? ": " : "", reason);
    journal_add("agent", entry);
    lifecycle_send_status(0); /* unasked: viewers want to know */
}

static void start_emulator(void) {
    starts++;
    set_state(emulator_start(&emulator, options, reason) ? RUNNING : FAILED);
}

bool lifecycle_tell_driver(const char *line) {
    return link_send(&emulator.driver, line, strlen(line));
}

void lifecycle_end(bool restart) {
    start_again = restart;
    crashes = 0; /* somebody looked after it */
    if (emulator.pid == 0) {
        if (restart && !leaving) {
            start_emulator();
        } else {
            set_state(STOPPED);
        }
        return;
    }
    if (restart) {
        lifecycle_tell_driver("{\"type\":\"restart\"}");
        deadline_ms = now_ms() + RESTART_TIMEOUT_MS;
    } else {
        lifecycle_tell_driver("{\"type\":\"shutdown\"}");
        deadline_ms = now_ms() + (uint64_t) options->grace_seconds * 1000u + 1000u;
    }
    set_state(ENDING);
}

void lifecycle_reset(void) {
    lifecycle_end(true);
    if (state == ENDING) {
        emulator_kill(&emulator); /* no grace: its end is noticed as always, and it starts again */
    }
}

static void after_crash(void) {
    if (now_ms() - emulator.started_ms > STABLE_MS) {
        crashes = 0;
    }
    if (++crashes > MAX_CRASHES) {
        crashes = 0;
        set_state(FAILED);
        return;
    }
    deadline_ms = now_ms() + (250u << crashes); /* 0.5 s, 1, 2, 4, 8 */
    set_state(WAITING);
}

/* The emulator's own words do not say which file they are about; people have several. */
static void name_the_rom(void) {
    struct prefs prefs;
    char error[256];
    if (strstr(reason, "ROM") == NULL || !prefs_load(&prefs, options->preferences, error)) {
        return;
    }
    const char *rom = prefs_value(&prefs, "rom", 0), *slash = rom != NULL ? strrchr(rom, '/') : NULL;
    size_t length = strlen(reason);
    if (rom == NULL || rom[0] == '\0') {
        snprintf(reason + length, sizeof reason - length, " No ROM is chosen in the settings.");
    } else {
        snprintf(reason + length, sizeof reason - length, " The ROM is \"%.80s\"; choose another one in the settings.",
                 slash != NULL ? slash + 1 : rom);
    }
    for (char *byte = reason + length; *byte != '\0'; byte++) { /* JSON holds no bytes that are no UTF-8 */
        if ((unsigned char) *byte >= 0x7f || (unsigned char) *byte < ' ') {
            *byte = '?';
        }
    }
    prefs_free(&prefs);
}

static void emulator_has_ended(int wait_status) {
    enum emulator_exit how = emulator_ended(&emulator, wait_status, reason);
    requests_emulator_ended();
    if (state == ENDING) {
        if (start_again && !leaving) {
            start_emulator();
        } else {
            snprintf(reason, sizeof reason, "the Mac was switched off");
            set_state(STOPPED);
        }
        return;
    }
    switch (how) {
        case EXIT_OFF: set_state(STOPPED); break;
        case EXIT_RESTART: start_emulator(); break;
        case EXIT_REFUSED:
            name_the_rom();
            set_state(FAILED);
            break;
        case EXIT_CRASHED: after_crash(); break;
    }
}

void lifecycle_reap(void) {
    int wait_status;
    pid_t pid;
    while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0) {
        if (pid == emulator.pid) {
            emulator_has_ended(wait_status);
        }
    }
}

uint64_t lifecycle_deadline(void) {
    return state == ENDING || state == WAITING ? deadline_ms : UINT64_MAX;
}

void lifecycle_watch(void) {
    uint64_t now = now_ms();
    if (state == ENDING && now >= deadline_ms) {
        log_line("the emulator does not end by itself");
        emulator_kill(&emulator);
        deadline_ms = now + RESTART_TIMEOUT_MS;
    } else if (state == WAITING && now >= deadline_ms) {
        start_emulator();
    }
}

bool lifecycle_is_running(void) {
    return state == RUNNING;
}

struct emulator *lifecycle_emulator(void) {
    return &emulator;
}

void lifecycle_start(const struct options *given) {
    options = given;
    emulator_init(&emulator);
    start_emulator();
}

void lifecycle_leave(void) {
    if (leaving) {
        emulator_kill(&emulator);
        return;
    }
    leaving = true;
    lifecycle_end(false);
}

bool lifecycle_has_left(void) {
    return leaving && emulator.pid == 0;
}
