#include "journal.h"

#include <stdint.h>
#include <stdio.h>
#include <time.h>

/* 150 lines of 160 characters, each of which JSON may have to escape, stay below the 64 KiB of a message. */
#define MAX_LINES 150
#define MAX_TEXT 161

static struct line {
    int64_t time_ms;
    const char *source;
    char text[MAX_TEXT];
} lines[MAX_LINES];

static size_t added; /* since the start; the next place is its remainder */

void journal_add(const char *source, const char *text) {
    struct line *line = &lines[added++ % MAX_LINES];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    line->time_ms = (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
    line->source = source;
    snprintf(line->text, sizeof line->text, "%s", text);
    for (char *byte = line->text; *byte != '\0'; byte++) {
        if ((unsigned char) *byte < ' ' || (unsigned char) *byte >= 0x7f) {
            *byte = '?';
        }
    }
}

struct json_object *journal_lines(void) {
    struct json_object *array = json_object_new_array();
    for (size_t i = added > MAX_LINES ? added - MAX_LINES : 0; i < added; i++) {
        const struct line *line = &lines[i % MAX_LINES];
        struct json_object *shown = json_object_new_object();
        json_object_object_add(shown, "time", json_object_new_int64(line->time_ms));
        json_object_object_add(shown, "source", json_object_new_string(line->source));
        json_object_object_add(shown, "text", json_object_new_string(line->text));
        json_object_array_add(array, shown);
    }
    return array;
}
