#include "line_buffer.h"

#include <string.h>

void line_buffer_reset(struct line_buffer *buffer) {
    buffer->used = 0;
    buffer->skipping = false;
}

void line_buffer_feed(struct line_buffer *buffer, const char *bytes, size_t count, line_handler handler,
                      void *context) {
    while (count > 0) {
        const char *newline = memchr(bytes, '\n', count);
        size_t piece = newline != NULL ? (size_t) (newline - bytes) : count;
        if (!buffer->skipping) {
            if (buffer->used + piece >= sizeof buffer->bytes) { /* the newline counts as well */
                buffer->skipping = true;
                buffer->used = 0;
                handler(context, NULL, 0);
            } else {
                memcpy(buffer->bytes + buffer->used, bytes, piece);
                buffer->used += piece;
            }
        }
        bytes += piece;
        count -= piece;
        if (newline == NULL) {
            return;
        }
        bytes++;
        count--;
        if (buffer->skipping) {
            buffer->skipping = false;
        } else {
            size_t length = buffer->used;
            buffer->used = 0;
            handler(context, buffer->bytes, length);
        }
    }
}
