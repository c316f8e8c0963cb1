/*
 * The emulator's preferences file: lines of "name value". Lines the agent does not know, comments and the order are
 * kept. Nothing is changed in the file before prefs_save(), which replaces it atomically.
 */
#ifndef MACEMU_PREFS_H
#define MACEMU_PREFS_H

#include <stdbool.h>
#include <stddef.h>

struct prefs {
    char **lines;
    size_t count;
};

/* A missing file is an empty one. False with a reason in `error` (256 bytes) when it cannot be read. */
bool prefs_load(struct prefs *prefs, const char *path, char error[256]);

/* Writes a new file beside the old one, flushes it to the disk and renames it. */
bool prefs_save(const struct prefs *prefs, const char *path, char error[256]);

void prefs_free(struct prefs *prefs);

/* The value of the n-th line of that name, NULL when there are fewer. */
const char *prefs_value(const struct prefs *prefs, const char *name, size_t n);

/*
 * Replaces all lines of that name by `count` lines with these values, where the first one was (else at the end).
 * Values are single lines. False when out of memory; then nothing is changed.
 */
bool prefs_replace(struct prefs *prefs, const char *name, const char *const *values, size_t count);

bool prefs_copy(const struct prefs *from, struct prefs *to);

#endif
