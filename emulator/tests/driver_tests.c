/* Unit tests of the driver. Prints a line per failure and "driver tests: N passed, N failed, 0 skipped" at the end. */
#include <stdio.h>
#include <unistd.h>

#include "check.h"

static int passed, failed;

void check(bool success, const char *what, const char *file, int line) {
    if (success) {
        passed++;
    } else {
        failed++;
        printf("%s:%d: failed: %s\n", file, line, what);
    }
}

const char *unique_segment(const char *purpose) {
    static char name[64];
    static int count;
    snprintf(name, sizeof name, "/macemu-test-%d-%d-%s", (int) getpid(), count++, purpose);
    return name;
}

int main(void) {
    test_line_buffer();
    test_keymap();
    test_shm();
    test_video();
    test_audio();
    test_messages();
    test_pace();
    printf("driver tests: %d passed, %d failed, 0 skipped\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
