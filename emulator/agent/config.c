#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ipc_protocol.h"
#include "storage.h"

#define MAX_VALUES 32 /* lines of one name: a Mac has a handful of disks */
#define MEBIBYTE 1048576

enum type { TYPE_BOOLEAN, TYPE_INTEGER, TYPE_SCREEN, TYPE_MEMORY, TYPE_ROM, TYPE_IMAGES, TYPE_FOLDER };

#define FOR_BASILISK2 1
#define FOR_SHEEPSHAVER 2
#define FOR_BOTH 3

static const struct preference {
    const char *name;
    enum type type;
    int emulators;
    int low, high;             /* of an integer */
    const char *default_value; /* the emulator's, in the file's notation */
} preferences[] = {
    {"rom", TYPE_ROM, FOR_BOTH, 0, 0, ""},
    {"disk", TYPE_IMAGES, FOR_BOTH, 0, 0, NULL},
    {"cdrom", TYPE_IMAGES, FOR_BOTH, 0, 0, NULL},
    {"floppy", TYPE_IMAGES, FOR_BOTH, 0, 0, NULL},
    {"extfs", TYPE_FOLDER, FOR_BOTH, 0, 0, ""},
    {"ramsize", TYPE_MEMORY, FOR_BOTH, 1, 1023, "8388608"},
    {"screen", TYPE_SCREEN, FOR_BOTH, 0, 0, "win/640/480"},
    {"cpu", TYPE_INTEGER, FOR_BASILISK2, 2, 4, "3"},
    {"modelid", TYPE_INTEGER, FOR_BASILISK2, 0, 255, "5"},
    {"fpu", TYPE_BOOLEAN, FOR_BASILISK2, 0, 0, "false"},
    {"jit", TYPE_BOOLEAN, FOR_BOTH, 0, 0, "false"},
    {"jit68k", TYPE_BOOLEAN, FOR_SHEEPSHAVER, 0, 0, "false"},
    {"ignoreillegal", TYPE_BOOLEAN, FOR_SHEEPSHAVER, 0, 0, "false"},
    {"ignoresegv", TYPE_BOOLEAN, FOR_BOTH, 0, 0, "false"},
    {"nosound", TYPE_BOOLEAN, FOR_BOTH, 0, 0, "false"},
    {"nocdrom", TYPE_BOOLEAN, FOR_BOTH, 0, 0, "false"},
    {"bootdrive", TYPE_INTEGER, FOR_BOTH, 0, 65535, "0"},
    {"bootdriver", TYPE_INTEGER, FOR_BOTH, -62, 0, "0"},
    {"frameskip", TYPE_INTEGER, FOR_BOTH, 0, 60, "6"},
    {"keyboardtype", TYPE_INTEGER, FOR_BOTH, 0, 255, "5"},
    {"mousewheelmode", TYPE_INTEGER, FOR_BOTH, 0, 1, "1"},
    {"mousewheellines", TYPE_INTEGER, FOR_BOTH, 1, 100, "3"},
    {"idlewait", TYPE_BOOLEAN, FOR_BOTH, 0, 0, "true"},
};

#define PREFERENCES (sizeof preferences / sizeof preferences[0])

static bool applies(const struct preference *preference, const struct options *options) {
    return (preference->emulators & (options->kind == SHEEPSHAVER ? FOR_SHEEPSHAVER : FOR_BASILISK2)) != 0;
}

static const char *folder_for(const struct preference *preference, const struct options *options) {
    return preference->type == TYPE_ROM ? options->roms : options->images;
}

/* ---- reading ---- */

/* An asterisk in front of an image means read-only. */
static struct json_object *file_name(const struct preference *preference, const char *value,
                                     const struct options *options) {
    char name[PATH_MAX], shown[PATH_MAX + 1];
    bool read_only = value[0] == '*';
    storage_name(folder_for(preference, options), value + read_only, name);
    snprintf(shown, sizeof shown, "%s%s", read_only ? "*" : "", name);
    return json_object_new_string(shown);
}

static struct json_object *read_images(const struct preference *preference, const struct prefs *prefs,
                                       const struct options *options) {
    struct json_object *list = json_object_new_array();
    const char *value;
    for (size_t i = 0; i < MAX_VALUES && (value = prefs_value(prefs, preference->name, i)) != NULL; i++) {
        json_object_array_add(list, file_name(preference, value, options));
    }
    return list;
}

struct json_object *config_read(const struct prefs *prefs, const struct options *options) {
    struct json_object *config = json_object_new_object();
    for (size_t i = 0; i < PREFERENCES; i++) {
        const struct preference *preference = &preferences[i];
        if (!applies(preference, options)) {
            continue;
        }
        const char *value = prefs_value(prefs, preference->name, 0);
        value = value != NULL ? value : preference->default_value;
        struct json_object *shown = NULL;
        switch (preference->type) {
            case TYPE_BOOLEAN: shown = json_object_new_boolean(strcmp(value, "true") == 0); break;
            case TYPE_INTEGER:
            case TYPE_MEMORY: shown = json_object_new_int64(strtoll(value, NULL, 10)); break;
            case TYPE_SCREEN: shown = json_object_new_string(value); break;
            case TYPE_ROM:
            case TYPE_FOLDER: shown = file_name(preference, value, options); break;
            case TYPE_IMAGES: shown = read_images(preference, prefs, options); break;
        }
        json_object_object_add(config, preference->name, shown);
    }
    return config;
}

/* ---- changing ---- */

struct change {
    const struct options *options;
    const struct preference *preference;
    const struct prefs *before;
    char *error;
    char *values[MAX_VALUES];
    size_t count;
};

static bool add_value(struct change *change, const char *value) {
    if (change->count == MAX_VALUES) {
        snprintf(change->error, 256, "%s: at most %d files", change->preference->name, MAX_VALUES);
        return false;
    }
    char *copy = strdup(value);
    if (copy == NULL) {
        snprintf(change->error, 256, "out of memory");
        return false;
    }
    change->values[change->count++] = copy;
    return true;
}

static bool add_number(struct change *change, long long value) {
    char text[24];
    snprintf(text, sizeof text, "%lld", value);
    return add_value(change, text);
}

static bool expected(struct change *change, const char *what, struct json_object *found) {
    snprintf(change->error, 256, "%s: expected %s, found %.80s", change->preference->name, what,
             json_object_to_json_string_ext(found, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    return false;
}

static bool change_integer(struct change *change, struct json_object *value) {
    int64_t number = json_object_get_int64(value);
    if (!json_object_is_type(value, json_type_int) || number < change->preference->low
            || number > change->preference->high) {
        char what[64];
        snprintf(what, sizeof what, "a whole number from %d to %d", change->preference->low, change->preference->high);
        return expected(change, what, value);
    }
    return add_number(change, number);
}

/* Bytes; a number that can only mean megabytes is taken for that, as in the protocol's own example. */
static bool change_memory(struct change *change, struct json_object *value) {
    int64_t number = json_object_get_int64(value);
    int64_t low = change->preference->low, high = change->preference->high;
    if (json_object_is_type(value, json_type_int) && number >= low && number <= high) {
        number *= MEBIBYTE;
    }
    if (!json_object_is_type(value, json_type_int) || number < low * MEBIBYTE || number > high * MEBIBYTE) {
        return expected(change, "bytes from 1 MiB to 1023 MiB", value);
    }
    return add_number(change, number);
}

/* Bytes of a frame that the video segment holds. */
static uint64_t frame_capacity(void) {
    const char *name = getenv(MACEMU_ENV_VIDEO_SHM);
    int fd = shm_open(name != NULL && name[0] != '\0' ? name : MACEMU_DEFAULT_VIDEO_SHM, O_RDONLY | O_CLOEXEC, 0);
    struct stat status;
    uint64_t capacity = MACEMU_DEFAULT_MAX_FRAME_SIZE;
    if (fd >= 0) {
        if (fstat(fd, &status) == 0 && status.st_size > (off_t) MACEMU_VIDEO_HEADER_SIZE) {
            capacity = ((uint64_t) status.st_size - MACEMU_VIDEO_HEADER_SIZE) / MACEMU_VIDEO_FRAMES;
        }
        close(fd);
    }
    return capacity;
}

static bool change_screen(struct change *change, struct json_object *value) {
    unsigned width = 0, height = 0;
    int end = 0;
    const char *text = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : "";
    if ((sscanf(text, "win/%4u/%4u%n", &width, &height, &end) != 2 || text[end] != '\0')
            && (sscanf(text, "%4ux%4u%n", &width, &height, &end) != 2 || text[end] != '\0')) {
        return expected(change, "a size such as win/800/600", value);
    }
    if (width < 512 || height < 342 || width > 4096 || height > 4096) {
        return expected(change, "a size from 512x342 to 4096x4096", value);
    }
    uint64_t capacity = frame_capacity();
    if ((uint64_t) width * height * 4 > capacity) {
        snprintf(change->error, 256, "screen: %ux%u needs %llu bytes per frame, but the video segment holds %llu",
                 width, height, (unsigned long long) width * height * 4, (unsigned long long) capacity);
        return false;
    }
    char screen[32];
    snprintf(screen, sizeof screen, "win/%u/%u", width, height);
    return add_value(change, screen);
}

/* Whether this very file is configured already: then it may stay, wherever the owner put it. */
static bool is_configured(const struct change *change, const char *value) {
    const char *configured;
    for (size_t i = 0; (configured = prefs_value(change->before, change->preference->name, i)) != NULL; i++) {
        if (strcmp(configured, value) == 0) {
            return true;
        }
    }
    return false;
}

static bool add_file(struct change *change, struct json_object *value) {
    if (!json_object_is_type(value, json_type_string)
            || strlen(json_object_get_string(value)) != (size_t) json_object_get_string_len(value)) {
        return expected(change, "the name of a file", value);
    }
    const char *name = json_object_get_string(value);
    char path[PATH_MAX], marked[PATH_MAX + 1], reason[256];
    bool read_only = change->preference->type == TYPE_IMAGES && name[0] == '*';
    if (is_configured(change, name)) {
        return add_value(change, name);
    }
    bool found = change->preference->type == TYPE_FOLDER
            ? storage_resolve_folder(change->options->images, name, path, reason)
            : storage_resolve(folder_for(change->preference, change->options), name + read_only, path, reason);
    if (!found) {
        snprintf(change->error, 256, "%s: %.220s", change->preference->name, reason);
        return false;
    }
    snprintf(marked, sizeof marked, "%s%s", read_only ? "*" : "", path);
    return add_value(change, marked);
}

static bool is_empty(struct json_object *value) {
    return json_object_is_type(value, json_type_string) && json_object_get_string_len(value) == 0;
}

static bool change_files(struct change *change, struct json_object *value) {
    if (!json_object_is_type(value, json_type_array)) {
        return is_empty(value) || add_file(change, value); /* "" is no file at all */
    }
    for (size_t i = 0; i < json_object_array_length(value); i++) {
        if (!add_file(change, json_object_array_get_idx(value, i))) {
            return false;
        }
    }
    return true;
}

static bool collect(struct change *change, struct json_object *value) {
    if (value == NULL) {
        return true; /* null: back to the default */
    }
    switch (change->preference->type) {
        case TYPE_BOOLEAN:
            return json_object_is_type(value, json_type_boolean)
                    ? add_value(change, json_object_get_boolean(value) ? "true" : "false")
                    : expected(change, "true or false", value);
        case TYPE_INTEGER: return change_integer(change, value);
        case TYPE_MEMORY: return change_memory(change, value);
        case TYPE_SCREEN: return change_screen(change, value);
        case TYPE_ROM:
        case TYPE_FOLDER: return is_empty(value) || add_file(change, value);
        case TYPE_IMAGES: return change_files(change, value);
    }
    return false;
}

static const struct preference *find(const char *name, const struct options *options) {
    for (size_t i = 0; i < PREFERENCES; i++) {
        if (strcmp(preferences[i].name, name) == 0 && applies(&preferences[i], options)) {
            return &preferences[i];
        }
    }
    return NULL;
}

static bool apply(struct prefs *prefs, const char *name, struct json_object *value, const struct options *options,
                  char error[256]) {
    struct change change = {.options = options, .preference = find(name, options), .before = prefs, .error = error};
    if (change.preference == NULL) {
        snprintf(error, 256, "\"%.60s\" is no preference of %s that can be changed here", name,
                 options->kind == SHEEPSHAVER ? "SheepShaver" : "Basilisk II");
        return false;
    }
    bool changed = collect(&change, value);
    if (changed && !prefs_replace(prefs, name, (const char *const *) change.values, change.count)) {
        snprintf(error, 256, "out of memory");
        changed = false;
    }
    for (size_t i = 0; i < change.count; i++) {
        free(change.values[i]);
    }
    return changed;
}

bool config_merge(struct prefs *prefs, struct json_object *changes, const struct options *options, char error[256]) {
    struct prefs merged;
    if (!prefs_copy(prefs, &merged)) {
        snprintf(error, 256, "out of memory");
        return false;
    }
    struct json_object_iterator at = json_object_iter_begin(changes), end = json_object_iter_end(changes);
    for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
        if (!apply(&merged, json_object_iter_peek_name(&at), json_object_iter_peek_value(&at), options, error)) {
            prefs_free(&merged);
            return false;
        }
    }
    prefs_free(prefs);
    *prefs = merged;
    return true;
}

/* ---- start ---- */

static bool set_one(struct prefs *prefs, const char *name, const char *value) {
    return prefs_replace(prefs, name, &value, 1);
}

bool config_prepare(struct prefs *prefs, const struct options *options, char error[256]) {
    bool done = set_one(prefs, "nogui", "true");
    /* Sensible for a Mac on a server; the owner's own file may say otherwise. */
    static const char *const suggested[][2] = {
        {"frameskip", "1"}, {"idlewait", "true"}, {"ignoresegv", "true"}, {"ramsize", "67108864"},
        {"screen", "win/640/480"}, {"jit", "false"},
    };
    for (size_t i = 0; done && i < sizeof suggested / sizeof suggested[0]; i++) {
        if (prefs_value(prefs, suggested[i][0], 0) == NULL) {
            done = set_one(prefs, suggested[i][0], suggested[i][1]);
        }
    }
    static const char *const suggested_basilisk2[][2] = {{"cpu", "4"}, {"modelid", "14"}, {"fpu", "true"}};
    for (size_t i = 0; done && options->kind == BASILISK2 && i < 3; i++) {
        if (prefs_value(prefs, suggested_basilisk2[i][0], 0) == NULL) {
            done = set_one(prefs, suggested_basilisk2[i][0], suggested_basilisk2[i][1]);
        }
    }
    for (int i = 0; done && i < options->setting_count; i++) {
        const char *equals = strchr(options->settings[i], '=');
        char *name = strndup(options->settings[i], (size_t) (equals - options->settings[i]));
        done = name != NULL && set_one(prefs, name, equals + 1);
        free(name);
    }
    if (!done) {
        snprintf(error, 256, "out of memory");
    }
    return done;
}
