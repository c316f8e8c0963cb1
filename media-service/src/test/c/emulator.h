/* What the emulators of the tests have in common. */
#ifndef EMULATOR_H
#define EMULATOR_H

#define _GNU_SOURCE

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

#include "../../../../api/src/test/c/dialects.h"
#include "../../../../api/src/test/c/mapping.h"

#define PICTURE_WIDTH 100
#define PICTURE_HEIGHT 40

static inline long long now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static inline struct sockaddr_un address(const char *path) {
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    return to;
}

/* A square wave of 441 Hz at 44,100 Hz: a swapped or doubled sample would be heard. */
static inline int16_t wave(unsigned long long frame) {
    return frame / 50 % 2 == 0 ? 0x2000 : -0x2000;
}

#endif
