/* What the server and the driver say, line by line, and the answers. Lines are as line_buffer.h hands them out. */
#ifndef MACEMU_REQUESTS_H
#define MACEMU_REQUESTS_H

#include <stddef.h>
#include <stdint.h>

#include "options.h"

void requests_start(const struct options *options);

void requests_from_server(void *context, const char *line, size_t length);

/* The driver answers status with its frame rate, wrong input with an error for the server, and acknowledges. */
void requests_from_driver(void *context, const char *line, size_t length);

/* Nobody answers any more what was asked of the driver. */
void requests_emulator_ended(void);

/* Nobody waits for answers any more; what the server held down is released. */
void requests_server_gone(void);

/* When to call requests_watch() at the latest (now_ms()), UINT64_MAX for never. */
uint64_t requests_deadline(void);
void requests_watch(void);

#endif
