#include "requests.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "answers.h"
#include "config.h"
#include "emulator.h"
#include "ipc_protocol.h"
#include "journal.h"
#include "lifecycle.h"
#include "log.h"
#include "prefs.h"
#include "storage.h"

#define STATUS_TIMEOUT_MS 500 /* for the driver's answer about its frame rate */
#define MAX_DEPTH 8
#define INPUT_BACKLOG 32768 /* beyond it mouse moves are dropped, so that keys still fit */

static const struct options *options;
static int status_waiting; /* status requests that wait for the driver's frame rate */
static uint64_t status_deadline_ms;
static char last_complaint[256];

static void answer_waiting_status(int fps) {
    for (; status_waiting > 0; status_waiting--) {
        lifecycle_send_status(fps);
    }
}

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
        send_message(message);
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
    send_message(message);
}

static void status(struct json_object *request) {
    (void) request;
    if (!lifecycle_is_running()) {
        lifecycle_send_status(0);
        return;
    }
    if (status_waiting == 0) {
        lifecycle_tell_driver("{\"type\":\"status\"}");
        status_deadline_ms = now_ms() + STATUS_TIMEOUT_MS;
    }
    status_waiting++;
}

static void restart(struct json_object *request) {
    struct json_object *force;
    send_ack();
    if (json_object_object_get_ex(request, "force", &force) && json_object_get_boolean(force)) {
        lifecycle_reset();
    } else {
        lifecycle_end(true);
    }
}

static void tell_log(struct json_object *request) {
    (void) request;
    struct json_object *message = new_message("log");
    json_object_object_add(message, "lines", journal_lines());
    send_message(message);
}

static void shut_down(struct json_object *request) {
    (void) request;
    send_ack();
    lifecycle_end(false);
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
    {"log", tell_log},
};

/* The driver checks and answers these. */
static const char *const inputs[] = {"mouse_move", "mouse_button", "mouse_wheel", "key"};

static bool relay_input(const char *type, const char *line, size_t length) {
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++) {
        if (strcmp(type, inputs[i]) == 0) {
            struct link *driver = &lifecycle_emulator()->driver;
            bool can_wait = i == 0 && link_backlog(driver) > INPUT_BACKLOG;
            if (lifecycle_is_running() && !can_wait && !link_send(driver, line, length)) {
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

void requests_from_server(void *context, const char *line, size_t length) {
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

void requests_from_driver(void *context, const char *line, size_t length) {
    (void) context;
    size_t end;
    struct json_object *message = line != NULL ? parse(line, length, &end) : NULL, *field;
    if (message != NULL && json_object_object_get_ex(message, "type", &field)) {
        const char *type = json_object_get_string(field);
        if (strcmp(type, "status") == 0 && json_object_object_get_ex(message, "fps", &field)) {
            answer_waiting_status(json_object_get_int(field));
        } else if (strcmp(type, "error") == 0) {
            send_message(message);
            return;
        }
    }
    json_object_put(message);
}

void requests_start(const struct options *given) {
    options = given;
}

void requests_emulator_ended(void) {
    answer_waiting_status(0);
}

void requests_server_gone(void) {
    status_waiting = 0;
    lifecycle_tell_driver("{\"type\":\"release_all\"}");
}

uint64_t requests_deadline(void) {
    return status_waiting > 0 ? status_deadline_ms : UINT64_MAX;
}

void requests_watch(void) {
    if (now_ms() >= requests_deadline()) {
        answer_waiting_status(0);
    }
}
