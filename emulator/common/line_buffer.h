/* Cuts a byte stream into lines of bounded length. Owned by one connection, used by one thread. */
#ifndef MACEMU_LINE_BUFFER_H
#define MACEMU_LINE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc_protocol.h"

struct line_buffer {
    char bytes[MACEMU_MAX_LINE];
    size_t used;
    bool skipping; /* inside a line that was too long, up to its newline */
};

/*
 * Receives each complete line without its newline; `line` is NULL, once, for a line longer than MACEMU_MAX_LINE.
 * The bytes may contain anything, NUL included.
 */
typedef void (*line_handler)(void *context, const char *line, size_t length);

void line_buffer_reset(struct line_buffer *buffer);

void line_buffer_feed(struct line_buffer *buffer, const char *bytes, size_t count, line_handler handler,
                      void *context);

#endif
