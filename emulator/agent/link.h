/* A non-blocking connection that carries lines both ways: to the server, and to the driver. One thread. */
#ifndef MACEMU_LINK_H
#define MACEMU_LINK_H

#include <stdbool.h>
#include <stddef.h>

#include "line_buffer.h"

#define LINK_UNSENT (2 * MACEMU_MAX_LINE)

struct link {
    int fd; /* -1 when closed */
    struct line_buffer lines;
    char unsent[LINK_UNSENT];
    size_t unsent_bytes;
};

void link_open(struct link *link, int fd);
void link_close(struct link *link);

/*
 * Queues a line (newline added) and sends what can be sent. False when the other side has not read for so long that
 * there is no room, or when the link is closed: the line is dropped as a whole.
 */
bool link_send(struct link *link, const char *line, size_t length);

/* Bytes waiting for the other side to read. */
static inline size_t link_backlog(const struct link *link) {
    return link->unsent_bytes;
}

/* The events to poll for. */
short link_events(const struct link *link);

/* Handles what poll() found. False when the other side is gone. */
bool link_serve(struct link *link, short found, line_handler handler, void *context);

#endif
