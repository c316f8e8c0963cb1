#include "agent.h"

#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "emulator.h"
#include "ipc_protocol.h"
#include "link.h"
#include "log.h"
#include "prefs.h"
#include "storage.h"

#define RECONNECT_MS 250
#define STATUS_TIMEOUT_MS 500 /* for the driver's answer about its frame rate */
#define RESTART_TIMEOUT_MS 2000
#define MAX_CRASHES 5
#define STABLE_MS 60000 /* a Mac that ran this long has not crashed "in a row" */
#define MAX_DEPTH 8
#define INPUT_BACKLOG 32768 /* beyond it mouse moves are dropped, so that keys still fit */

static const struct options *options;
static struct emulator emulator;
static struct link server = {.fd = -1};
static uint64_t connect_at_ms;
static char last_complaint[256];

static enum state { STOPPED, RUNNING, ENDING, WAITING, FAILED } state = STOPPED;
static bool start_again;      /* ENDING: what comes afterwards */
static uint64_t deadline_ms;  /* ENDING: force; WAITING: the next start */
static char reason[256];      /* why it does not run */
static int starts, crashes;
static bool leaving;

static int status_waiting;    /* status requests that wait for the driver's frame rate */
static uint64_t status_deadline_ms;

/* ---- answers ---- */

static void send_json(struct json_object *message) {
    size_t length;
    const char *text = json_object_to_json_string_length(
            message, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
    if (server.fd >= 0 && !link_send(&server, text, length)) {
        log_line("the server does not read: an answer was dropped");
    }
    json_object_put(message);
}

static struct json_object *new_message(const char *type) {
    struct json_object *message = json_object_new_object();
    json_object_object_add(message, "type", json_object_new_string(type));
    return message;
}

__attribute__((format(printf, 1, 2))) static void send_error(const char *format, ...) {
    char text[320];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    /* Quoted names may be cut inside a UTF-8 sequence. */
    for (char *character = text; *character != '\0'; character++) {
        if ((unsigned char) *character >= 0x80) {
            *character = '?';
        }
    }
    struct json_object *message = new_message("error");
    json_object_object_add(message, "message", json_object_new_string(text));
    send_json(message);
}

static void send_ack(void) {
    send_json(new_message("ack"));
}

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

static void send_status(int fps) {
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
    send_json(status);
}

static void answer_waiting_status(int fps) {
    for (; status_waiting > 0; status_waiting--) {
        send_status(fps);
    }
}

/* ---- the emulator's life ---- */

static void set_state(enum state next) {
    state = next;
    if (next == RUNNING) {
        reason[0] = '\0';
    }
    log_line("%s%s%s", state_name(), reason[0] != '\0' ? ": " : "", reason);
    send_status(0); /* unasked: viewers want to know */
}

static void start_emulator(void) {
    starts++;
    set_state(emulator_start(&emulator, options, reason) ? RUNNING : FAILED);
}

static void ask_driver(const char *line) {
    link_send(&emulator.driver, line, strlen(line));
}

/* Asks it to end, by itself first. */
static void end_emulator(bool restart) {
    start_again = restart;
    if (emulator.pid == 0) {
        if (restart && !leaving) {
            start_emulator();
        } else {
            set_state(STOPPED);
        }
        return;
    }
    if (restart) {
        ask_driver("{\"type\":\"restart\"}");
        deadline_ms = now_ms() + RESTART_TIMEOUT_MS;
    } else {
        ask_driver("{\"type\":\"shutdown\"}");
        deadline_ms = now_ms() + (uint64_t) options->grace_seconds * 1000u + 1000u;
    }
    set_state(ENDING);
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

static void emulator_has_ended(int wait_status) {
    enum emulator_exit how = emulator_ended(&emulator, wait_status, reason);
    answer_waiting_status(0);
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
        case EXIT_REFUSED: set_state(FAILED); break;
        case EXIT_CRASHED: after_crash(); break;
    }
}

static void reap(void) {
    int wait_status;
    pid_t pid;
    while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0) {
        if (pid == emulator.pid) {
            emulator_has_ended(wait_status);
        }
    }
}

static void watch_deadlines(void) {
    uint64_t now = now_ms();
    if (state == ENDING && now >= deadline_ms) {
        log_line("the emulator does not end by itself");
        emulator_kill(&emulator);
        deadline_ms = now + RESTART_TIMEOUT_MS;
    } else if (state == WAITING && now >= deadline_ms) {
        start_emulator();
    }
    if (status_waiting > 0 && now >= status_deadline_ms) {
        answer_waiting_status(0);
    }
}

/* ---- requests ---- */

static bool load_prefs(struct prefs *prefs) {
    char error[256];
    if (prefs_load(prefs, options->preferences, error)) {
        return true;
    }
    send_error("%s", error);
    return false;
}

static void get_config(struct json_object *request) {
    (void) request;
    struct prefs prefs;
    if (load_prefs(&prefs)) {
        struct json_object *message = new_message("config");
        json_object_object_add(message, "data", config_read(&prefs, options));
        send_json(message);
        prefs_free(&prefs);
    }
}

static void set_config(struct json_object *request) {
    struct json_object *changes;
    struct prefs prefs;
    char error[256];
    if (!json_object_object_get_ex(request, "config", &changes) || !json_object_is_type(changes, json_type_object)) {
        send_error("set_config needs an object \"config\" with the preferences to change");
        return;
    }
    if (!load_prefs(&prefs)) {
        return;
    }
    if (config_merge(&prefs, changes, options, error) && prefs_save(&prefs, options->preferences, error)) {
        send_ack();
    } else {
        send_error("%s", error);
    }
    prefs_free(&prefs);
}

static void storage(struct json_object *request) {
    (void) request;
    char error[256];
    struct json_object *roms = storage_list(options->roms, error);
    struct json_object *disks = roms != NULL ? storage_list(options->images, error) : NULL;
    if (disks == NULL) {
        json_object_put(roms);
        send_error("%s", error);
        return;
    }
    struct json_object *message = new_message("storage");
    json_object_object_add(message, "roms", roms);
    json_object_object_add(message, "disks", disks);
    send_json(message);
}

static void status(struct json_object *request) {
    (void) request;
    if (state != RUNNING) {
        send_status(0);
        return;
    }
    if (status_waiting == 0) {
        ask_driver("{\"type\":\"status\"}");
        status_deadline_ms = now_ms() + STATUS_TIMEOUT_MS;
    }
    status_waiting++;
}

static void restart(struct json_object *request) {
    (void) request;
    send_ack();
    crashes = 0;
    end_emulator(true);
}

static void shut_down(struct json_object *request) {
    (void) request;
    send_ack();
    end_emulator(false);
}

/* The server refused something, a second emulator perhaps; answering would be answered in turn. */
static void refused(struct json_object *request) {
    struct json_object *message;
    log_line("the server says: %.200s",
             json_object_object_get_ex(request, "message", &message) ? json_object_get_string(message) : "an error");
}

static const struct {
    const char *type;
    void (*handle)(struct json_object *request);
} requests[] = {
    {"get_config", get_config}, {"set_config", set_config}, {"storage", storage}, {"status", status},
    {"restart", restart},       {"shutdown", shut_down},    {"error", refused},
};

/* The driver checks and answers these. */
static const char *const inputs[] = {"mouse_move", "mouse_button", "mouse_wheel", "key"};

static bool relay_input(const char *type, const char *line, size_t length) {
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        if (strcmp(type, inputs[i]) == 0) {
            bool can_wait = i == 0 && link_backlog(&emulator.driver) > INPUT_BACKLOG;
            if (state == RUNNING && !can_wait && !link_send(&emulator.driver, line, length)) {
                log_once(last_complaint, "the emulator does not take input");
            }
            return true;
        }
    }
    return false;
}

static void dispatch(struct json_object *request, const char *line, size_t length) {
    struct json_object *type_field;
    if (!json_object_object_get_ex(request, "type", &type_field)
            || !json_object_is_type(type_field, json_type_string)) {
        send_error("expected a JSON object with a string \"type\"");
        return;
    }
    const char *type = json_object_get_string(type_field);
    if (relay_input(type, line, length)) {
        return;
    }
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        if (strcmp(type, requests[i].type) == 0) {
            requests[i].handle(request);
            return;
        }
    }
    send_error("unknown type \"%.64s\"", type);
}

static struct json_object *parse(const char *line, size_t length, size_t *end) {
    struct json_tokener *parser = json_tokener_new_ex(MAX_DEPTH);
    struct json_object *parsed = NULL;
    *end = 0;
    if (parser != NULL) {
        json_tokener_set_flags(parser, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
        parsed = json_tokener_parse_ex(parser, line, (int) length);
        *end = json_tokener_get_parse_end(parser);
        if (json_tokener_get_error(parser) != json_tokener_success || *end != length) {
            json_object_put(parsed);
            parsed = NULL;
        }
        json_tokener_free(parser);
    }
    return parsed;
}

static void from_server(void *context, const char *line, size_t length) {
    (void) context;
    if (line == NULL) {
        send_error("a line is at most %u bytes; this one was dropped", MACEMU_MAX_LINE);
        return;
    }
    if (length > 0 && line[length - 1] == '\r') {
        length--;
    }
    if (length == 0) {
        return;
    }
    size_t end;
    struct json_object *request = parse(line, length, &end);
    if (request == NULL) {
        send_error("not valid JSON at byte %zu", end);
    } else {
        dispatch(request, line, length);
        json_object_put(request);
    }
}

/* The driver answers status with its frame rate, wrong input with an error for the server, and acknowledges. */
static void from_driver(void *context, const char *line, size_t length) {
    (void) context;
    size_t end;
    struct json_object *message = line != NULL ? parse(line, length, &end) : NULL, *field;
    if (message != NULL && json_object_object_get_ex(message, "type", &field)) {
        const char *type = json_object_get_string(field);
        if (strcmp(type, "status") == 0 && json_object_object_get_ex(message, "fps", &field)) {
            answer_waiting_status(json_object_get_int(field));
        } else if (strcmp(type, "error") == 0) {
            link_send(&server, line, length);
        }
    }
    json_object_put(message);
}

/* ---- the server ---- */

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
    send_status(0);
}

/* What the server held down would stay down: the driver lets go of it when its own connection is interrupted. */
static void server_has_gone(void) {
    log_line("the server has gone");
    link_close(&server);
    connect_at_ms = now_ms() + RECONNECT_MS;
    status_waiting = 0;
    ask_driver("{\"type\":\"release_all\"}");
}

static void handle_signals(int signals) {
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD) {
            reap();
        } else if (!leaving) {
            leaving = true;
            end_emulator(false);
        } else { /* asked twice: no more grace */
            emulator_kill(&emulator);
        }
    }
}

static int next_timeout(void) {
    uint64_t now = now_ms(), next = now + 60000;
    if (server.fd < 0 && connect_at_ms < next) {
        next = connect_at_ms;
    }
    if ((state == ENDING || state == WAITING) && deadline_ms < next) {
        next = deadline_ms;
    }
    if (status_waiting > 0 && status_deadline_ms < next) {
        next = status_deadline_ms;
    }
    return next > now ? (int) (next - now) : 0;
}

static void poll_once(int signals) {
    struct pollfd fds[] = {
        {.fd = signals, .events = POLLIN},
        {.fd = emulator.output, .events = POLLIN},
        {.fd = emulator.driver.fd, .events = link_events(&emulator.driver)},
        {.fd = server.fd, .events = link_events(&server)},
    };
    if (poll(fds, 4, next_timeout()) > 0) {
        if (fds[1].revents != 0) {
            emulator_read_output(&emulator);
        }
        if (fds[2].revents != 0 && !link_serve(&emulator.driver, fds[2].revents, from_driver, NULL)) {
            link_close(&emulator.driver); /* it is ending; SIGCHLD follows */
        }
        if (fds[3].revents != 0 && !link_serve(&server, fds[3].revents, from_server, NULL)) {
            server_has_gone();
        }
        if (fds[0].revents != 0) {
            handle_signals(signals);
        }
    }
    watch_deadlines();
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
    emulator_init(&emulator);
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
    start_emulator();
    while (!leaving || emulator.pid > 0) {
        poll_once(signals);
    }
    link_close(&server);
    log_line("ended");
    return 0;
}
