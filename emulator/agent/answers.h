/* Messages from the agent to the server. They are lost when no server is connected: it asks when it is there. */
#ifndef MACEMU_ANSWERS_H
#define MACEMU_ANSWERS_H

#include <json-c/json.h>

#include "link.h"

/* The connection that answers go to, for the agent's life. */
void answers_to(struct link *server);

/* An object with that "type". */
struct json_object *new_message(const char *type);

/* Sends and releases the message. */
void send_message(struct json_object *message);

void send_ack(void);

void send_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
