#include "messages.h"

#include <SDL.h>
#include <json-c/json.h>
#include <math.h>
#include <signal.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "input.h"
#include "ipc_protocol.h"
#include "log.h"
#include "video.h"

#define DEFAULT_GRACE_SECONDS 5
#define MAX_DEPTH 8 /* nesting; messages need 3 */
#define MAX_REPORTED 64 /* bytes of foreign text quoted in an error */

static void answer_json(message_answer answer, struct json_object *message) {
    size_t length;
    const char *text = json_object_to_json_string_length(
            message, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
    if (text != NULL) {
        answer(text, length);
    }
    json_object_put(message);
}

static struct json_object *new_message(const char *type) {
    struct json_object *message = json_object_new_object();
    json_object_object_add(message, "type", json_object_new_string(type));
    return message;
}

__attribute__((format(printf, 2, 3))) static enum message_result answer_error(message_answer answer,
                                                                              const char *format, ...) {
    char reason[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    /* A quoted text may be cut inside a UTF-8 sequence: what is not ASCII becomes a question mark. */
    for (char *character = reason; *character != '\0'; character++) {
        if ((unsigned char) *character >= 0x80) {
            *character = '?';
        }
    }
    struct json_object *message = new_message("error");
    json_object_object_add(message, "message", json_object_new_string(reason));
    answer_json(answer, message);
    return MESSAGE_DONE;
}

static struct json_object *field(struct json_object *message, const char *name) {
    struct json_object *value = NULL;
    json_object_object_get_ex(message, name, &value);
    return value;
}

static bool is_true(struct json_object *message, const char *name) {
    struct json_object *value = field(message, name);
    return json_object_is_type(value, json_type_boolean) && json_object_get_boolean(value);
}

/* False when the field is missing or no boolean. */
static bool get_boolean(struct json_object *message, const char *name, bool *value) {
    *value = is_true(message, name);
    return json_object_is_type(field(message, name), json_type_boolean);
}

static bool get_number(struct json_object *message, const char *name, double *value) {
    struct json_object *number = field(message, name);
    if (!json_object_is_type(number, json_type_int) && !json_object_is_type(number, json_type_double)) {
        return false;
    }
    *value = json_object_get_double(number);
    return isfinite(*value);
}

static bool get_integer(struct json_object *message, const char *name, int low, int high, int *value) {
    double number;
    if (!get_number(message, name, &number) || number != floor(number) || number < low || number > high) {
        return false;
    }
    *value = (int) number;
    return true;
}

/*
 * Whether the pointer was last moved by a distance. A browser with a locked pointer does not know where the Mac's
 * pointer is: the place in its mouse_button is none, and following it would make the pointer jump. Used by the control
 * thread.
 */
static bool pointer_is_locked;

static enum message_result mouse_move(struct json_object *message, message_answer answer) {
    double x, y;
    if (get_number(message, "x", &x) && get_number(message, "y", &y)) {
        pointer_is_locked = false;
        input_mouse_to(x, y);
    } else if (get_number(message, "dx", &x) && get_number(message, "dy", &y)) {
        pointer_is_locked = true;
        input_mouse_by(x, y);
    } else {
        return answer_error(answer, "mouse_move needs the numbers x and y, or dx and dy");
    }
    return MESSAGE_DONE;
}

static enum message_result mouse_button(struct json_object *message, message_answer answer) {
    int button;
    bool pressed;
    if (!get_integer(message, "button", 0, 4, &button) || !get_boolean(message, "pressed", &pressed)) {
        return answer_error(answer, "mouse_button needs button (0 left, 1 middle, 2 right) and pressed (true, false)");
    }
    if (field(message, "x") != NULL || field(message, "y") != NULL) {
        double x, y;
        if (!get_number(message, "x", &x) || !get_number(message, "y", &y)) {
            return answer_error(answer, "mouse_button: x and y must both be numbers, or both be left out");
        }
        if (!pointer_is_locked) {
            input_mouse_to(x, y);
        }
    }
    input_mouse_button(button, pressed);
    return MESSAGE_DONE;
}

static enum message_result mouse_wheel(struct json_object *message, message_answer answer) {
    double dx = 0, dy = 0;
    bool has_dx = get_number(message, "dx", &dx), has_dy = get_number(message, "dy", &dy);
    if (!has_dx && !has_dy) {
        return answer_error(answer, "mouse_wheel needs the numbers dx and dy, in lines");
    }
    input_mouse_wheel(dx, dy);
    return MESSAGE_DONE;
}

static enum message_result key(struct json_object *message, message_answer answer) {
    int code, location = 0;
    bool pressed;
    if (!get_integer(message, "code", 0, 65535, &code) || !get_boolean(message, "pressed", &pressed)) {
        return answer_error(answer, "key needs code (a KeyboardEvent.keyCode number) and pressed (true or false)");
    }
    if (field(message, "location") != NULL && !get_integer(message, "location", 0, 3, &location)) {
        return answer_error(answer, "key: location must be 0 standard, 1 left, 2 right or 3 numpad");
    }
    struct input_modifiers modifiers = {
        .ctrl = is_true(message, "ctrl"),
        .alt = is_true(message, "alt"),
        .shift = is_true(message, "shift"),
        .meta = is_true(message, "meta"),
    };
    if (!input_key(code, location, pressed, modifiers)) {
        return answer_error(answer, "key: no key has the keyCode %d", code);
    }
    return MESSAGE_DONE;
}

/* From the agent: the server that held keys down is gone. */
static enum message_result release_all(struct json_object *message, message_answer answer) {
    (void) message;
    (void) answer;
    pointer_is_locked = false;
    input_release_all();
    return MESSAGE_DONE;
}

static enum message_result status(struct json_object *message, message_answer answer) {
    (void) message;
    struct json_object *reply = new_message("status");
    json_object_object_add(reply, "running", json_object_new_boolean(true));
    json_object_object_add(reply, "fps", json_object_new_int(video_frames_per_second()));
    answer_json(answer, reply);
    return MESSAGE_DONE;
}

static enum message_result restart(struct json_object *message, message_answer answer) {
    (void) message;
    answer_json(answer, new_message("ack"));
    return MESSAGE_RESTART;
}

static enum message_result shutdown_message(struct json_object *message, message_answer answer) {
    (void) message;
    answer_json(answer, new_message("ack"));
    return MESSAGE_SHUTDOWN;
}

static enum message_result needs_agent(struct json_object *message, message_answer answer) {
    return answer_error(answer, "%s is not available: this emulator runs without its agent, which owns preferences "
                        "and storage", json_object_get_string(field(message, "type")));
}

/* The server refused something, a second emulator perhaps. Answering it would be answered in turn. */
static enum message_result refused(struct json_object *message, message_answer answer) {
    (void) answer;
    log_line("the server says: %.200s", json_object_get_string(field(message, "message")));
    return MESSAGE_DONE;
}

static const struct {
    const char *type;
    enum message_result (*handle)(struct json_object *message, message_answer answer);
} message_types[] = {
    {"mouse_move", mouse_move}, {"mouse_button", mouse_button}, {"mouse_wheel", mouse_wheel},
    {"key", key},               {"status", status},             {"restart", restart},
    {"shutdown", shutdown_message}, {"get_config", needs_agent}, {"set_config", needs_agent},
    {"storage", needs_agent},   {"error", refused},
    {"release_all", release_all},
};

static enum message_result dispatch(struct json_object *message, message_answer answer) {
    struct json_object *type_field = field(message, "type");
    if (!json_object_is_type(type_field, json_type_string)) {
        return answer_error(answer, "expected a JSON object with a string \"type\"");
    }
    const char *type = json_object_get_string(type_field);
    for (size_t i = 0; i < sizeof message_types / sizeof message_types[0]; i++) {
        if (strcmp(type, message_types[i].type) == 0) {
            return message_types[i].handle(message, answer);
        }
    }
    return answer_error(answer, "unknown type \"%.*s\"", MAX_REPORTED, type);
}

enum message_result messages_handle(const char *line, size_t length, message_answer answer) {
    if (line == NULL) {
        return answer_error(answer, "a line is at most %u bytes; this one was dropped", MACEMU_MAX_LINE);
    }
    if (length > 0 && line[length - 1] == '\r') {
        length--;
    }
    if (length == 0) {
        return MESSAGE_DONE;
    }
    struct json_tokener *parser = json_tokener_new_ex(MAX_DEPTH);
    if (parser == NULL) {
        return answer_error(answer, "out of memory");
    }
    json_tokener_set_flags(parser, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    struct json_object *message = json_tokener_parse_ex(parser, line, (int) length);
    enum message_result result;
    if (json_tokener_get_error(parser) != json_tokener_success
            || json_tokener_get_parse_end(parser) != length) {
        result = answer_error(answer, "not valid JSON at byte %zu", json_tokener_get_parse_end(parser));
    } else {
        result = dispatch(message, answer);
    }
    json_object_put(message);
    json_tokener_free(parser);
    return result;
}

static void *end_after_grace(void *unused) {
    (void) unused;
    const char *text = getenv("MACEMU_SHUTDOWN_GRACE");
    int seconds = text != NULL ? atoi(text) : DEFAULT_GRACE_SECONDS;
    sleep((unsigned) (seconds > 0 && seconds <= 600 ? seconds : DEFAULT_GRACE_SECONDS));
    log_line("the program did not quit in time: ending it");
    _exit(0);
}

void messages_begin_shutdown(void) {
    static bool begun;
    if (begun) {
        return;
    }
    begun = true;
    SDL_Event event = {0};
    event.type = SDL_QUIT;
    SDL_PushEvent(&event);
    pthread_t thread; /* created by the control thread: inherits its blocked signals */
    if (pthread_create(&thread, NULL, end_after_grace, NULL) == 0) {
        pthread_detach(thread);
    } else {
        _exit(0);
    }
}
