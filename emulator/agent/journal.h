/*
 * The last lines that the emulator printed, and what became of it, for people who have no terminal beside it. Used by the
 * agent's one thread.
 */
#ifndef MACEMU_JOURNAL_H
#define MACEMU_JOURNAL_H

#include <json-c/json.h>

/* Printable ASCII; longer lines are cut. */
void journal_add(const char *source, const char *text);

/* The lines, the oldest first, as an array. */
struct json_object *journal_lines(void);

#endif
