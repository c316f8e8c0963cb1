#include "storage.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* With quotes, commas and escapes a storage message stays below the 64 KiB of a line. */
#define MAX_NAME_BYTES (24 * 1024)
#define MAX_NAMES 4096

static bool is_clean(const char *name) {
    for (const unsigned char *byte = (const unsigned char *) name; *byte != '\0'; byte++) {
        if (*byte < ' ' || *byte == 0x7f) {
            return false; /* a line end would begin another preference */
        }
    }
    return true;
}

/* JSON strings are UTF-8: a file name that is not cannot be told. Rejects overlong forms and surrogates. */
static bool is_utf8(const char *text) {
    const unsigned char *byte = (const unsigned char *) text;
    while (*byte != '\0') {
        if (*byte < 0x80) {
            byte++;
            continue;
        }
        int more = *byte >= 0xf0 && *byte <= 0xf4 ? 3
                : *byte >= 0xe0 && *byte < 0xf0   ? 2
                                                  : *byte >= 0xc2 && *byte < 0xe0;
        unsigned first = *byte++;
        if (more == 0) {
            return false;
        }
        unsigned second = *byte;
        if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) || (first == 0xf0 && second < 0x90)
                || (first == 0xf4 && second > 0x8f)) {
            return false;
        }
        while (more-- > 0) {
            if ((*byte++ & 0xc0) != 0x80) {
                return false;
            }
        }
    }
    return true;
}

static bool has_parent_component(const char *name) {
    for (const char *part = name; part != NULL; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0')) {
            return true;
        }
    }
    return false;
}

static bool is_inside(const char *folder, const char *path) {
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

static bool resolve(const char *folder, const char *name, mode_t kind, char path[PATH_MAX], char error[256]) {
    char root[PATH_MAX], joined[PATH_MAX];
    struct stat status;
    if (name[0] == '\0' || !is_clean(name) || !is_utf8(name) || has_parent_component(name)) {
        snprintf(error, 256, "\"%.80s\" is no name of a file in the storage", is_clean(name) ? name : "?");
        return false;
    }
    if (realpath(folder, root) == NULL) {
        snprintf(error, 256, "the storage folder %.100s cannot be used: %s", folder, strerror(errno));
        return false;
    }
    if (snprintf(joined, sizeof joined, "%s%s%s", name[0] == '/' ? "" : root, name[0] == '/' ? "" : "/", name)
            >= (int) sizeof joined) {
        snprintf(error, 256, "the name \"%.40s...\" is too long", name);
        return false;
    }
    if (realpath(joined, path) == NULL) {
        /* An absolute path is not looked for outside: whether such a file exists is nobody's business. */
        snprintf(error, 256, "\"%.80s\" is not in the storage", name);
        return false;
    }
    if (!is_inside(root, path)) {
        snprintf(error, 256, "\"%.80s\" is not in the storage", name);
        return false;
    }
    if (stat(path, &status) != 0 || (status.st_mode & S_IFMT) != kind) {
        snprintf(error, 256, "\"%.80s\" is not a %s", name, kind == S_IFREG ? "file" : "folder");
        return false;
    }
    return true;
}

bool storage_resolve(const char *folder, const char *name, char path[PATH_MAX], char error[256]) {
    return resolve(folder, name, S_IFREG, path, error);
}

bool storage_resolve_folder(const char *folder, const char *name, char path[PATH_MAX], char error[256]) {
    return resolve(folder, name, S_IFDIR, path, error);
}

const char *storage_name(const char *folder, const char *path, char name[PATH_MAX]) {
    char root[PATH_MAX];
    if (realpath(folder, root) != NULL && is_inside(root, path)) {
        snprintf(name, PATH_MAX, "%s", path + strlen(root) + 1);
    } else {
        snprintf(name, PATH_MAX, "%s", path);
    }
    return name;
}

static int is_listed(const struct dirent *entry) {
    return entry->d_name[0] != '.' && is_clean(entry->d_name) && is_utf8(entry->d_name);
}

struct json_object *storage_list(const char *folder, char error[256]) {
    struct dirent **entries;
    int count = scandir(folder, &entries, is_listed, alphasort);
    if (count < 0) {
        if (errno == ENOENT) {
            return json_object_new_array();
        }
        snprintf(error, 256, "the storage folder %.100s cannot be read: %s", folder, strerror(errno));
        return NULL;
    }
    struct json_object *names = json_object_new_array();
    size_t bytes = 0, listed = 0;
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX], reason[256];
        if (names != NULL && storage_resolve(folder, entries[i]->d_name, path, reason)) {
            bytes += strlen(entries[i]->d_name) + 3;
            if (bytes > MAX_NAME_BYTES || ++listed > MAX_NAMES) {
                snprintf(error, 256, "the storage folder %.100s holds more names than a message can", folder);
                json_object_put(names);
                names = NULL;
            } else {
                json_object_array_add(names, json_object_new_string(entries[i]->d_name));
            }
        }
        free(entries[i]);
    }
    free(entries);
    return names;
}
