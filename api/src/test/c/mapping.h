/* Files in shared memory, for the C programs of the tests. */
#ifndef MAPPING_H
#define MAPPING_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static inline void fail(const char *what) {
    perror(what);
    exit(1);
}

/* Maps a file, made and sized when it shall be; it must have exactly that size. */
static inline void *map_file(const char *path, size_t size, int make) {
    int fd = open(path, make ? O_CREAT | O_RDWR : O_RDWR, 0600);
    struct stat status;
    if (fd < 0 || (make && ftruncate(fd, (off_t) size) != 0) || fstat(fd, &status) != 0) {
        fail(path);
    }
    if ((size_t) status.st_size != size) {
        fprintf(stderr, "%s has %lld bytes, expected %zu\n", path, (long long) status.st_size, size);
        exit(3);
    }
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
        fail("mmap");
    }
    close(fd);
    return memory;
}

#endif
