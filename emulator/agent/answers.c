#include "answers.h"

#include <stdarg.h>
#include <stdio.h>

#include "log.h"

static struct link *server;

void answers_to(struct link *link) {
    server = link;
}

void send_message(struct json_object *message) {
    size_t length;
    const char *text = json_object_to_json_string_length(
            message, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &length);
    if (server->fd >= 0 && !link_send(server, text, length)) {
        log_line("the server does not read: an answer was dropped");
    }
    json_object_put(message);
}

struct json_object *new_message(const char *type) {
    struct json_object *message = json_object_new_object();
    json_object_object_add(message, "type", json_object_new_string(type));
    return message;
}

void send_error(const char *format, ...) {
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
    send_message(message);
}

void send_ack(void) {
    send_message(new_message("ack"));
}
