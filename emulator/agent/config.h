/*
 * The preferences as JSON: which ones a server may read and change, of which type, and within which limits. What
 * Basilisk II and SheepShaver do not share is in the table.
 */
#ifndef MACEMU_CONFIG_H
#define MACEMU_CONFIG_H

#include <json-c/json.h>
#include <stdbool.h>

#include "options.h"
#include "prefs.h"

/* All preferences of the table, with the emulator's default where the file has none. Files by name. */
struct json_object *config_read(const struct prefs *prefs, const struct options *options);

/*
 * Merges: changes the preferences that are present, all or none. null takes a preference back to its default. False
 * with a reason in `error` (256 bytes): which name, what was found, what is expected.
 */
bool config_merge(struct prefs *prefs, struct json_object *changes, const struct options *options, char error[256]);

/* Completes a file at the start: what the agent relies on (no windows of the emulator's own), and --set. */
bool config_prepare(struct prefs *prefs, const struct options *options, char error[256]);

#endif
