#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* One write(2) per line, so that lines of several threads and processes do not mix. */
static void write_line(const char *message) {
    char line[320];
    int length = snprintf(line, sizeof line, "%s: %s\n", LOG_PREFIX, message);
    if (length >= (int) sizeof line) {
        length = (int) sizeof line - 1;
        line[length - 1] = '\n';
    }
    ssize_t written = write(STDERR_FILENO, line, (size_t) length);
    (void) written; /* a closed stderr is no reason to stop */
}

void log_line(const char *format, ...) {
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    write_line(message);
}

bool log_once(char memory[256], const char *format, ...) {
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (strcmp(message, memory) == 0) {
        return false;
    }
    memcpy(memory, message, sizeof message);
    write_line(message);
    return true;
}
