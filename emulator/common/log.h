/* Messages on stderr, one line each, with the prefix LOG_PREFIX that the build defines. */
#ifndef MACEMU_LOG_H
#define MACEMU_LOG_H

#include <stdbool.h>

void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Logs a message only when it differs from the last one stored in `memory` (256 bytes), so that a condition that is
 * checked several times a second is reported once. Returns whether it was logged.
 */
bool log_once(char memory[256], const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
