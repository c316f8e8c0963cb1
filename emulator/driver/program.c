#include "program.h"

#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"

struct loaded_sdl {
    bool sdl1, sdl2, sdl3;
};

static int look_at_library(struct dl_phdr_info *info, size_t size, void *context) {
    (void) size;
    struct loaded_sdl *loaded = context;
    const char *slash = strrchr(info->dlpi_name, '/');
    const char *name = slash != NULL ? slash + 1 : info->dlpi_name;
    loaded->sdl1 |= strncmp(name, "libSDL-1.2.so", 13) == 0;
    loaded->sdl2 |= strncmp(name, "libSDL2-2.0.so", 14) == 0;
    loaded->sdl3 |= strncmp(name, "libSDL3.so", 10) == 0;
    return 0;
}

/* SDL reads this variable by name, so the name is in every program that carries its own copy of SDL. */
static bool executable_contains_sdl(void) {
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    struct stat status;
    bool found = false;
    if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size > 0) {
        size_t size = (size_t) status.st_size;
        void *image = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (image != MAP_FAILED) {
            found = memmem(image, size, "SDL_RENDER_DRIVER", 17) != NULL;
            munmap(image, size);
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return found;
}

void program_check_sdl(void) {
    struct loaded_sdl loaded = {0};
    dl_iterate_phdr(look_at_library, &loaded);
    if (loaded.sdl2) {
        return;
    }
    if (loaded.sdl3) {
        /* SDL 3 has functions of the same names with other parameters: going on would crash. */
        log_line("this program uses SDL 3; the driver speaks SDL 2. Use a build for SDL 2 (Debian's basilisk2 is one)");
        _exit(1);
    }
    if (loaded.sdl1) {
        log_line("this program uses SDL 1.2, which the driver cannot hook: no picture will be published");
    } else if (executable_contains_sdl()) {
        log_line("this program carries its own copy of SDL, which the driver cannot hook: no picture will be published."
                 " Use a build with dynamically linked SDL 2");
    }
}

void program_leave_children_alone(void) {
    const char *preload = getenv("LD_PRELOAD");
    if (preload == NULL) {
        return;
    }
    char *rest = strdup(preload), *kept = calloc(1, strlen(preload) + 1), *position = NULL;
    if (rest != NULL && kept != NULL) {
        for (char *entry = strtok_r(rest, ": ", &position); entry != NULL; entry = strtok_r(NULL, ": ", &position)) {
            const char *slash = strrchr(entry, '/');
            if (strncmp(slash != NULL ? slash + 1 : entry, "libmacemu-", 10) != 0) {
                if (kept[0] != '\0') {
                    strcat(kept, ":");
                }
                strcat(kept, entry);
            }
        }
        if (kept[0] == '\0') {
            unsetenv("LD_PRELOAD");
        } else {
            setenv("LD_PRELOAD", kept, 1);
        }
    }
    free(kept);
    free(rest);
}
