#include "prefs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE (1024 * 1024) /* a preferences file has a few kilobytes */

static bool append(struct prefs *prefs, char *line) {
    char **lines = line != NULL ? realloc(prefs->lines, (prefs->count + 1) * sizeof *lines) : NULL;
    if (lines == NULL) {
        free(line);
        return false;
    }
    prefs->lines = lines;
    lines[prefs->count++] = line;
    return true;
}

void prefs_free(struct prefs *prefs) {
    for (size_t i = 0; i < prefs->count; i++) {
        free(prefs->lines[i]);
    }
    free(prefs->lines);
    *prefs = (struct prefs){0};
}

bool prefs_load(struct prefs *prefs, const char *path, char error[256]) {
    *prefs = (struct prefs){0};
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        if (errno == ENOENT) {
            return true;
        }
        snprintf(error, 256, "the preferences %.120s cannot be read: %s", path, strerror(errno));
        return false;
    }
    char *line = NULL;
    size_t capacity = 0, total = 0;
    ssize_t length;
    bool complete = true;
    while (complete && (length = getline(&line, &capacity, file)) >= 0) {
        total += (size_t) length;
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r')) {
            line[--length] = '\0';
        }
        complete = total <= MAX_FILE && append(prefs, strdup(line));
    }
    if (ferror(file) || !complete) {
        snprintf(error, 256, "the preferences %.120s cannot be read: %s", path,
                 total > MAX_FILE ? "larger than 1 MiB" : strerror(errno));
        complete = false;
        prefs_free(prefs);
    }
    free(line);
    fclose(file);
    return complete;
}

static void sync_folder(const char *path) {
    char folder[4096];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL) {
        strcpy(folder, ".");
    } else {
        slash[slash == folder] = '\0';
    }
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

bool prefs_save(const struct prefs *prefs, const char *path, char error[256]) {
    char temporary[4096];
    if (snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= (int) sizeof temporary) {
        snprintf(error, 256, "the preferences' path is too long");
        return false;
    }
    struct stat old;
    mode_t mode = stat(path, &old) == 0 ? old.st_mode & 0777 : 0600;
    int fd = mkostemp(temporary, O_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool written = file != NULL;
    for (size_t i = 0; written && i < prefs->count; i++) {
        written = fprintf(file, "%s\n", prefs->lines[i]) >= 0;
    }
    written = written && fflush(file) == 0 && fchmod(fd, mode) == 0 && fsync(fd) == 0;
    int reason = errno;
    if (file != NULL) {
        if (fclose(file) != 0 && written) {
            reason = errno;
            written = false;
        }
    } else if (fd >= 0) {
        close(fd);
    }
    if (written && rename(temporary, path) != 0) {
        reason = errno;
        written = false;
    }
    if (!written) {
        if (fd >= 0) {
            unlink(temporary);
        }
        snprintf(error, 256, "the preferences %.120s cannot be written: %s", path, strerror(reason));
        return false;
    }
    sync_folder(path);
    return true;
}

/* The value when the line is of that name: what follows the name and blanks. */
static const char *value_of(const char *line, const char *name) {
    size_t length = strlen(name);
    if (strncmp(line, name, length) != 0 || (line[length] != ' ' && line[length] != '\t' && line[length] != '\0')) {
        return NULL;
    }
    return line + length + strspn(line + length, " \t");
}

const char *prefs_value(const struct prefs *prefs, const char *name, size_t n) {
    for (size_t i = 0; i < prefs->count; i++) {
        const char *value = value_of(prefs->lines[i], name);
        if (value != NULL && n-- == 0) {
            return value;
        }
    }
    return NULL;
}

static char *make_line(const char *name, const char *value) {
    char *line;
    return asprintf(&line, "%s %s", name, value) < 0 ? NULL : line;
}

bool prefs_replace(struct prefs *prefs, const char *name, const char *const *values, size_t count) {
    struct prefs changed = {0};
    bool placed = false, complete = true;
    for (size_t i = 0; complete && i <= prefs->count; i++) {
        bool end = i == prefs->count, ours = !end && value_of(prefs->lines[i], name) != NULL;
        if ((ours || end) && !placed) {
            placed = true;
            for (size_t j = 0; complete && j < count; j++) {
                complete = append(&changed, make_line(name, values[j]));
            }
        }
        if (complete && !end && !ours) {
            complete = append(&changed, strdup(prefs->lines[i]));
        }
    }
    if (!complete) {
        prefs_free(&changed);
        return false;
    }
    prefs_free(prefs);
    *prefs = changed;
    return true;
}

bool prefs_copy(const struct prefs *from, struct prefs *to) {
    *to = (struct prefs){0};
    for (size_t i = 0; i < from->count; i++) {
        if (!append(to, strdup(from->lines[i]))) {
            prefs_free(to);
            return false;
        }
    }
    return true;
}
