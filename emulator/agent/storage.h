/* The folders of ROMs and disk images: what is in them, and that a name does not lead out of them. */
#ifndef MACEMU_STORAGE_H
#define MACEMU_STORAGE_H

#include <json-c/json.h>
#include <stdbool.h>
#include <limits.h>

/*
 * The real path of a file of that folder. `name` is a path relative to the folder, or an absolute one inside it; what
 * it leads to in the end, symbolic links followed, must be a file inside the folder. False with a reason in `error`.
 */
bool storage_resolve(const char *folder, const char *name, char path[PATH_MAX], char error[256]);

/* The same for a folder within the folder. */
bool storage_resolve_folder(const char *folder, const char *name, char path[PATH_MAX], char error[256]);

/* The name to show for a path: relative when it lies inside the folder, else the path itself. */
const char *storage_name(const char *folder, const char *path, char name[PATH_MAX]);

/* The names of the files in the folder, sorted. NULL with a reason in `error` when it cannot be read. */
struct json_object *storage_list(const char *folder, char error[256]);

#endif
