#include "options.h"

#include <errno.h>
#include <ftw.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ipc_protocol.h"

static const char usage[] =
        "usage: macemu-agent --emulator FILE [option]...\n"
        "Starts Basilisk II or SheepShaver with the driver, owns its preferences, and answers the server.\n"
        "  --emulator FILE          the program; a name with SheepShaver in it is taken for one\n"
        "  --prefs FILE             its preferences; created when missing [a scratch file, gone afterwards]\n"
        "  --kind KIND              basilisk2 or sheepshaver, when the name does not say\n"
        "  --emulator-version TEXT  what to tell as its version\n"
        "  --home FOLDER            its HOME [the folder of the preferences]\n"
        "  --driver FOLDER          where libmacemu-sdl.so is [the folder of the agent]\n"
        "  --set KEY=VALUE          a preference to write at the start; may be repeated\n"
        "  --grace SECONDS          time the Mac has to switch itself off [8]\n"
        "environment: MACEMU_CONTROL_SOCK, MACEMU_VIDEO_SHM, MACEMU_AUDIO_SHM, BASILISK_ROMS [./storage/roms],\n"
        "  BASILISK_IMAGES [./storage/images]\n";

static _Noreturn void refuse(const char *reason, const char *value) {
    fprintf(stderr, "macemu-agent: %s%s\n%s", reason, value != NULL ? value : "", usage);
    exit(2);
}

static const char *environment(const char *name, const char *fallback) {
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : fallback;
}

/* The folder part of a path, "." for a bare name. */
static const char *folder_of(const char *path) {
    char *copy = strdup(path);
    if (copy == NULL) {
        refuse("out of memory", NULL);
    }
    char *slash = strrchr(copy, '/');
    if (slash == NULL) {
        strcpy(copy, ".");
    } else if (slash == copy) {
        slash[1] = '\0';
    } else {
        *slash = '\0';
    }
    return copy;
}

static const char *folder_of_agent(void) {
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) {
        return ".";
    }
    path[length] = '\0';
    return folder_of(path);
}

/* A folder for preferences that nobody keeps. */
static void make_scratch(struct options *options) {
    char *scratch, *preferences;
    if (asprintf(&scratch, "%s/macemu-agent.XXXXXX", environment("TMPDIR", "/tmp")) < 0 || mkdtemp(scratch) == NULL
            || asprintf(&preferences, "%s/prefs", scratch) < 0) {
        refuse("no scratch folder can be made: ", strerror(errno));
    }
    options->scratch = scratch;
    options->preferences = preferences;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
    (void) status;
    (void) kind;
    (void) place;
    remove(path);
    return 0;
}

void options_release(const struct options *options) {
    if (options->scratch != NULL) {
        nftw(options->scratch, remove_entry, 8, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
    }
}

struct options options_read(int argc, char **argv) {
    static const struct option names[] = {
        {"emulator", required_argument, NULL, 'e'}, {"prefs", required_argument, NULL, 'p'},
        {"kind", required_argument, NULL, 'k'},     {"emulator-version", required_argument, NULL, 'v'},
        {"home", required_argument, NULL, 'H'},     {"driver", required_argument, NULL, 'd'},
        {"set", required_argument, NULL, 's'},      {"grace", required_argument, NULL, 'g'},
        {"help", no_argument, NULL, 'h'},           {NULL, 0, NULL, 0},
    };
    struct options options = {.grace_seconds = 8};
    const char *kind = NULL;
    int name;
    while ((name = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (name) {
            case 'e': options.emulator = optarg; break;
            case 'p': options.preferences = optarg; break;
            case 'k': kind = optarg; break;
            case 'v': options.version = optarg; break;
            case 'H': options.home = optarg; break;
            case 'd': options.driver_folder = optarg; break;
            case 's':
                if (strchr(optarg, '=') == NULL || options.setting_count == MAX_SETTINGS) {
                    refuse("--set needs KEY=VALUE, at most 32 times: ", optarg);
                }
                options.settings[options.setting_count++] = optarg;
                break;
            case 'g': {
                char *end;
                long seconds = strtol(optarg, &end, 10);
                if (*end != '\0' || seconds < 1 || seconds > 600) {
                    refuse("--grace needs 1 to 600 seconds, found ", optarg);
                }
                options.grace_seconds = (int) seconds;
                break;
            }
            case 'h':
                fputs(usage, stdout);
                exit(0);
            default:
                refuse("an option is wrong", NULL);
        }
    }
    if (optind < argc) {
        refuse("not an option: ", argv[optind]);
    }
    if (options.emulator == NULL) {
        refuse("--emulator is needed", NULL);
    }
    if (kind == NULL) {
        options.kind = strcasestr(options.emulator, "sheepshaver") != NULL ? SHEEPSHAVER : BASILISK2;
    } else if (strcmp(kind, "basilisk2") == 0) {
        options.kind = BASILISK2;
    } else if (strcmp(kind, "sheepshaver") == 0) {
        options.kind = SHEEPSHAVER;
    } else {
        refuse("--kind is basilisk2 or sheepshaver, found ", kind);
    }
    if (options.preferences == NULL) {
        make_scratch(&options);
    }
    if (options.home == NULL) {
        options.home = folder_of(options.preferences);
    }
    if (options.driver_folder == NULL) {
        options.driver_folder = folder_of_agent();
    }
    options.control_socket = environment(MACEMU_ENV_CONTROL_SOCK, MACEMU_DEFAULT_CONTROL_SOCK);
    options.roms = environment("BASILISK_ROMS", "./storage/roms");
    options.images = environment("BASILISK_IMAGES", "./storage/images");
    return options;
}
